// Package route is the URL grammar of Azure Media Services in both
// directions: Parse reads the path of a request, Append writes the URLs that
// manifests hold, and Track and Fragment find what a URL addresses.
//
//	/{locator}/{name}.ism/manifest(format=…)
//	/{locator}/{name}.ism/QualityLevels({bitrate})/Manifest({track},format=…)
//	/{locator}/{name}.ism/QualityLevels({bitrate})/Fragments({track}={time},format=…)
//	/{locator}/{name}.ism/QualityLevels({bitrate})/KeyFrames({track}={time},format=…)
//	/{locator}/{file}
//
// Behind the locator letter case does not matter, spaces may follow commas,
// and .m3u8 or .mpd may follow at the end. Track names are arbitrary text: the
// escaped path is split, and then the parts are unescaped.
package route
