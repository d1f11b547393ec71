// Package api is HTTP for machines; its types are the OpenAPI.
package api
