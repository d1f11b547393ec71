package web

func writeRoutes() []Route { return nil }
