// Package intake reads tables from files that people upload: CSV, Excel, JSON lines, Parquet, GeoJSON and shapefiles
// become rows of text, in bounded memory, and what cannot be read is told by line and column.
//
// Values are text as written: intake does not judge whether 2023-02-30 is a date or 110101 a region, that is the work of
// mulu/platform/quality. What it does judge is whether a value could be read at all, because a digit that a spreadsheet
// lost or a byte of another encoding cannot be told any more once it is text.
package intake
