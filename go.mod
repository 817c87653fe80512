module manifold

go 1.25.0
