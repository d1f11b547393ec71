// Package web is the pages for officials and the public. Writing goes through desk, reading comes from read, rows from
// gateway; a page decides nothing.
package web
