package web

func orgRoutes() []Route { return nil }
