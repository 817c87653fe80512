module manifold

go 1.25.0

require (
	github.com/Eyevinn/mp4ff v0.56.0
	github.com/alecthomas/kong v1.16.1 // indirect
	github.com/google/uuid v1.6.0 // indirect
	github.com/hashicorp/golang-lru/v2 v2.0.7 // indirect
	golang.org/x/sync v0.22.0 // indirect
	pgregory.net/rapid v1.2.0
)
