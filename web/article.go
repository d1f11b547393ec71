package web

func lawRoutes() []Route { return nil }
