module manifold

go 1.25.0

require (
	github.com/Eyevinn/dash-mpd v0.16.0
	github.com/Eyevinn/hls-m3u8 v0.6.0
	github.com/Eyevinn/mp4ff v0.56.0
	github.com/alecthomas/kong v1.16.1
	github.com/aymanbagabas/go-udiff v0.4.1
	github.com/fsnotify/fsnotify v1.10.1
	github.com/google/uuid v1.6.0
	github.com/hashicorp/golang-lru/v2 v2.0.7
	github.com/pkg/browser v0.0.0-20240102092130-5ac0b6a4141c
	github.com/skratchdot/open-golang v0.0.0-20200116055534-eef842397966
	golang.org/x/text v0.40.0
)

require github.com/barkimedes/go-deepcopy v0.0.0-20220514131651-17c30cfc62df // indirect

require golang.org/x/sys v0.1.0 // indirect

require pgregory.net/rapid v1.2.0
