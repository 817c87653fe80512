module manifold

go 1.25.0

require (
	github.com/Eyevinn/mp4ff v0.56.0
	github.com/google/uuid v1.6.0
	github.com/hashicorp/golang-lru/v2 v2.0.7
	golang.org/x/text v0.40.0
)
