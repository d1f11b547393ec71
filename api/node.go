package api

func nodeOperations() []operation {
	return []operation{
		{id: "health", method: "GET", path: "/health", tag: "node", public: true, zh: "节点和链的状态", en: "How the node and its chain are", answer: Health{},
			example: example{path: "/health"}, do: func(c *call) (any, error) {
				h := c.Chain.Health()
				if next := c.Read.Position().Next; next < h.Records {
					h.Behind = h.Records - next
				}
				return h, nil
			}},
	}
}
