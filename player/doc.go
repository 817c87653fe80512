// Package player is the preview in the browser: the page that plays a
// manifest in Shaka Player, hls.js or dash.js, the index page that lists what
// a server has, and the way to open either from the desktop. It knows only
// URLs.
//
//	handler.go   /player/: the page and everything that it loads
//	index.go     /: assets, locators and their URLs
//	open.go      a URL in the browser, a file in the file manager
//	web/         both pages; js/ and css/ are served as they are, vendor/
//	             holds the engines that npm bundles at build time
package player
