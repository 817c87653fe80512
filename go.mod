module manifold

go 1.25.0

require (
	github.com/Eyevinn/dash-mpd v0.16.0 // indirect
	github.com/Eyevinn/hls-m3u8 v0.6.0 // indirect
	github.com/Eyevinn/mp4ff v0.56.0 // indirect
	github.com/alecthomas/kong v1.16.1 // indirect
	github.com/barkimedes/go-deepcopy v0.0.0-20220514131651-17c30cfc62df // indirect
	github.com/google/uuid v1.6.0 // indirect
	github.com/hashicorp/golang-lru/v2 v2.0.7 // indirect
	golang.org/x/sync v0.22.0 // indirect
)
