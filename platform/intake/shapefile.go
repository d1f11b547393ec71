package intake

import (
	"path"
	"strings"
)

// layers lists the layers of a zipped shapefile: the names of its .shp files that have a .dbf beside them.
func (a *archive) layers() []string {
	var list []string
	for _, f := range a.zip.File {
		ext := path.Ext(f.Name)
		base := strings.TrimSuffix(f.Name, ext)
		if strings.EqualFold(ext, ".shp") && !strings.HasPrefix(f.Name, "__MACOSX/") && a.has(base+".dbf") {
			list = append(list, base)
		}
	}
	return list
}
