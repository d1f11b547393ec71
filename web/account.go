package web

func accountRoutes() []Route { return nil }
