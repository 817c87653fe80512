#!/usr/bin/env bash
# Makes the sample asset that ships with the program, assets/sample: 24 s of a
# clock at 25 fps in five renditions, each with its size in the picture, and two
# languages that count the seconds. A beep and a flash fall together on every
# second, and a mark at the lower edge stands at every GOP, so that a viewer sees
# seeks, switches and A/V offsets. Needs ffmpeg, espeak-ng and the DejaVu fonts;
# its output is committed.
set -euo pipefail
cd "$(dirname "$0")"
. ./ism.sh
out=../assets/sample
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$out"
rm -f "$out"/*.mp4 "$out"/*.ism

seconds=24
fonts=/usr/share/fonts/truetype/dejavu
mono=$fonts/DejaVuSansMono-Bold.ttf
sans=$fonts/DejaVuSans.ttf
exact=(-fflags +bitexact -flags:v +bitexact -flags:a +bitexact -map_metadata -1)
ff() { ffmpeg -nostdin -v error -y "$@"; }

# disc NAME RADIUS COLOUR ALPHA [HOLE] makes a still: a disc, or a ring where
# HOLE is its inner radius.
disc() {
	local r=$2 hole=${5:--1}
	ff -f lavfi -i "color=$3:s=$((2 * r + 4))x$((2 * r + 4)):d=1:r=1" -frames:v 1 \
		-vf "format=rgba,geq=r='r(X,Y)':g='g(X,Y)':b='b(X,Y)':a='255*$4*clip($r+0.5-hypot(X-$r-1.5,Y-$r-1.5),0,1)*clip(hypot(X-$r-1.5,Y-$r-1.5)-$hole+0.5,0,1)'" "$work/$1.png"
}
disc ring 160 0xf2f5fa 0.28 138
disc dot 20 0xf2f5fa 1
disc flash 96 0xffc857 1

# The picture: a ring that a dot goes round once a second, the clock, the frame
# number, and how far the programme is.
scene() {
	local white='fontcolor=0xf2f5fa' soft='fontcolor=0xb9c6dc'
	local marks="" i
	for ((i = 0; i < seconds; i += 2)); do
		marks+=",drawbox=x=$((i * 1280 / seconds)):y=700:w=2:h=20:color=0xf2f5fa@0.55:t=fill"
	done
	printf '%s' "[0:v][1:v]overlay=x='-1280+1280*(n+1)/($seconds*25)':y=706[a]" \
		";[a][2:v]overlay=x=640-w/2:y=260-h/2[b]" \
		";[b][3:v]overlay=x='640+149*sin(2*PI*t)-w/2':y='260-149*cos(2*PI*t)-h/2'[c]" \
		";[c][4:v]overlay=x=640-w/2:y=260-h/2:enable='lt(mod(n,25),3)'" \
		",drawtext=fontfile=$mono:text='%{pts\:hms}':fontsize=104:$white:x=(w-tw)/2-32:y=480" \
		",drawtext=fontfile=$mono:text='frame %{n}':fontsize=38:$soft:x=(w-tw)/2:y=600" \
		",drawtext=fontfile=$sans:text='Manifold':fontsize=38:$white:x=44:y=40$marks"
}
ff -f lavfi -i "gradients=s=1280x720:r=25:n=4:c0=0x0b1f3a:c1=0x175b7d:c2=0x43215f:c3=0x0d3b45:x0=0:y0=0:x1=1280:y1=720:speed=0.00002:seed=7" \
	-f lavfi -i "color=0x4c9aff:s=1280x8:r=25" -i "$work/ring.png" -i "$work/dot.png" -i "$work/flash.png" \
	-filter_complex "$(scene)" -t $seconds -c:v libx264 -preset ultrafast -qp 0 -pix_fmt yuv420p "$work/scene.mkv"

# rendition WIDTH HEIGHT KBPS PROFILE PRESET-OPTIONS
rendition() {
	local w=$1 h=$2 kbps=$3 profile=$4 extra=$5
	local size=$((h / 19 + 6))
	ff -i "$work/scene.mkv" "${exact[@]}" \
		-vf "scale=$w:$h:flags=lanczos,drawtext=fontfile=$mono:text='$w×$h':fontsize=$size:fontcolor=0xf2f5fa:x=w-tw-$((w * 44 / 1280)):y=$((h * 40 / 720))" \
		-c:v libx264 -preset veryslow -threads 1 -profile:v "$profile" -pix_fmt yuv420p \
		-b:v "${kbps}k" -maxrate "$((kbps * 3 / 2))k" -bufsize "$((kbps * 2))k" \
		-g 50 -keyint_min 50 -sc_threshold 0 -flags:v +bitexact+cgop -x264-params "threads=1:$extra" \
		-video_track_timescale 12800 -movflags +faststart "$out/sample_${w}x${h}_$kbps.mp4"
}
rendition 1280 720 520 high bframes=2
rendition 960 540 280 high bframes=2
rendition 640 360 150 main bframes=2
rendition 480 270 90 main bframes=2
rendition 320 180 50 baseline bframes=0

# sound LANGUAGE VOICE CHORD: a soft chord, a beep on every second, and the
# seconds counted by two.
sound() {
	local language=$1 voice=$2 chord=$3
	local inputs=() graph="" mix="[0:a]" n=1 i
	for ((i = 0; i < seconds; i += 2)); do
		espeak-ng -v "$voice" -s 165 -w "$work/$language$i.wav" "$i"
		inputs+=(-i "$work/$language$i.wav")
		graph+="[$n:a]aresample=48000,volume=0.7,adelay=$((i * 1000 + 180)),aformat=channel_layouts=stereo[v$n];"
		mix+="[v$n]"
		n=$((n + 1))
	done
	local beep="0.35*sin(2*PI*1000*t)*lt(mod(t\,1)\,0.12)*min(1\,(0.12-mod(t\,1))*50)"
	ff -f lavfi -i "aevalsrc='0.05*($chord)*(0.7+0.3*sin(2*PI*t/4))+$beep|0.05*($chord)*(0.7+0.3*cos(2*PI*t/4))+$beep':s=48000:d=$seconds" "${inputs[@]}" "${exact[@]}" \
		-filter_complex "${graph}${mix}amix=inputs=$n:duration=first:normalize=0" \
		-c:a aac -b:a 64k -metadata:s:a:0 language="$language" -movflags +faststart "$out/sample_${language}_aac.mp4"
}
sound eng en-gb "sin(2*PI*220*t)+sin(2*PI*277.18*t)+sin(2*PI*329.63*t)"
sound fra fr-fr "sin(2*PI*196*t)+sin(2*PI*246.94*t)+sin(2*PI*293.66*t)"

{
	ism_begin sample
	ism_track audio "$out/sample_eng_aac.mp4" a:0 aac_eng_2_64 eng
	ism_track audio "$out/sample_fra_aac.mp4" a:0 aac_fra_2_64 fra
	for f in $(ls -S "$out"/*x*.mp4); do
		ism_track video "$f" v:0 video
	done
	ism_end
} >"$out/sample.ism"
