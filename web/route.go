package web

import (
	"slices"

	"mulu/people"
)

// Access says for whom a page is. The zero Access is for anybody who is logged in.
type Access struct {
	Public bool         // without login
	Roles  people.Roles // one of them is needed; none named: any role
	Bureau bool         // only people of the competent bureau (Art. 5)
}

// Everybody is for visitors too, Members for whoever is logged in.
var (
	Everybody = Access{Public: true}
	Members   = Access{}
)

// Only is for people with one of the roles, in any institution.
func Only(roles ...people.Role) Access { return Access{Roles: roles} }

// OfBureau is for people of the bureau with one of the roles, or with any if none is named.
func OfBureau(roles ...people.Role) Access { return Access{Roles: roles, Bureau: true} }

// Admits tells whether a person with these roles, of the bureau or not, may see the page.
func (a Access) Admits(roles people.Roles, bureau bool) bool {
	return a.Public || (!a.Bureau || bureau) && (len(a.Roles) == 0 || roles.Has(a.Roles...))
}

// Route is one thing that can be asked of the pages. The permission matrix and its test are made from this list.
type Route struct {
	Method, Path string
	For          Access
	Large        bool // takes files: no bound on the body here, the page sets its own
	do           func(*visit) error
}

// Routes lists every page and every form, family by family.
func Routes() []Route {
	return slices.Concat(doorRoutes(), homeRoutes(), findRoutes(), entryRoutes(), writeRoutes(), verifyRoutes(), grantRoutes(), objectionRoutes(), useRoutes(), reviewRoutes(), findingRoutes(), termRoutes(), monitorRoutes(), standardRoutes(), codeSetRoutes(), interfaceRoutes(), purchaseRoutes(), sandboxRoutes(), orgRoutes(), chainRoutes(), lawRoutes(), sheetRoutes(),
		accountRoutes(), noticeRoutes(), basketRoutes(), applicationRoutes(), inboxRoutes(), caseRoutes(), clockRoutes(), loadRoutes(), dataRoutes(), loadTermRoutes(), sourceRoutes(), scanRoutes())
}
