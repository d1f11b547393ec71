package web

func verifyRoutes() []Route { return nil }
