module manifold

go 1.25.0

require github.com/Eyevinn/mp4ff v0.56.0 // indirect
