# Sourced by the scripts beside it: server manifests for the sets that they make.

# ism_begin prints the head of a server manifest in the full form.
ism_begin() {
	cat <<-XML
		<?xml version="1.0" encoding="utf-8" standalone="yes"?>
		<smil xmlns="http://www.w3.org/2001/SMIL20/Language">
		  <head>
		    <meta name="clientManifestRelativePath" content="$1.ismc" />
		    <meta name="formats" content="mp4-v3" />
		  </head>
		  <body>
		    <switch>
	XML
}

# ism_track KIND FILE STREAM NAME [LANGUAGE] prints one element; STREAM is
# ffprobe's specifier of the track in FILE (v:0, a:1). The bitrate is the
# measured average, as the encoders of the service wrote it.
ism_track() {
	local kind=$1 file=$2 stream=$3 name=$4 language=${5:-}
	local rate id
	rate=$(ffprobe -v error -select_streams "$stream" -show_entries stream=bit_rate -of csv=p=0 "$file")
	id=$(ffprobe -v error -select_streams "$stream" -show_entries stream=id -of csv=p=0 "$file")
	rate=${rate%%,*} id=${id%%,*} # a comma more where the stream has side data
	printf '      <%s src="%s" systemBitrate="%s"%s>\n' "$kind" "$(basename "$file")" "$rate" "${language:+ systemLanguage=\"$language\"}"
	printf '        <param name="systemBitrate" value="%s" valuetype="data" />\n' "$rate"
	printf '        <param name="trackID" value="%d" valuetype="data" />\n' "$id"
	printf '        <param name="trackName" value="%s" valuetype="data" />\n' "$name"
	printf '      </%s>\n' "$kind"
}

# ism_end prints the rest.
ism_end() {
	printf '    </switch>\n  </body>\n</smil>\n'
}
