package web

func homeRoutes() []Route {
	return []Route{
		{"GET", "/{$}", Everybody, false, (*visit).home},
	}
}

// home is 我的待办: what waits for who looks.
func (v *visit) home() error {
	if v.Person == nil {
		return v.to("/login")
	}
	return v.show("home", nil)
}
