package app

// Version of the program, as FyneApp.toml states it, too.
const Version = "0.1.0"
