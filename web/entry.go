package web

func entryRoutes() []Route { return nil }
