package web

func chainRoutes() []Route { return nil }
