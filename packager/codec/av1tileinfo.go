package codec

import "math/bits"

// Bounds of tiles (AV1 Bitstream & Decoding Process Specification §3), in pixels and in
// tiles.
const (
	maxTileWidth = 4096
	maxTileArea  = 4096 * 2304
	maxTileCount = 64 // in a row, and in a column
)

// tileInfo reads tile_info (§5.9.15).
func (d *av1Frames) tileInfo(r *rbsp, h *av1Header) {
	shift := 6 // superblocks are 64 pixels wide, or 128
	if d.sequence.superblock128 {
		shift = 7
	}
	superblocks := func(pixels int) int { return (pixels + 1<<shift - 1) >> shift }
	columns, rows := superblocks(h.size.width), superblocks(h.size.height)
	widest, area := maxTileWidth>>shift, maxTileArea>>(2*shift)
	minColumns := log2(widest, columns)
	minTiles := max(minColumns, log2(area, rows*columns))

	var across, down, acrossBits, downBits int
	if r.flag() { // uniform_tile_spacing_flag
		across, acrossBits = evenly(r, columns, minColumns)
		down, downBits = evenly(r, rows, max(minTiles-acrossBits, 0))
	} else {
		wide := 0
		across, wide = oneByOne(r, columns, widest)
		if area = rows * columns; minTiles > 0 {
			area >>= minTiles + 1
		}
		down, _ = oneByOne(r, rows, max(area/max(wide, 1), 1))
		acrossBits, downBits = log2(1, across), log2(1, down)
	}
	h.tiles, h.tileBits, h.tileSizeBytes = across*down, acrossBits+downBits, 1
	if h.tileBits > 0 {
		r.skip(h.tileBits) // context_update_tile_id
		h.tileSizeBytes = int(r.take(2)) + 1
	}
}

// evenly reads how many tiles a number of superblocks is divided into evenly, from 2^least
// on, and how many bits their number has.
func evenly(r *rbsp, superblocks, least int) (tiles, n int) {
	most := log2(1, min(superblocks, maxTileCount))
	for n = least; n < most && r.flag(); n++ { // increment_tile_cols_log2, _rows_log2
	}
	each := max((superblocks+1<<n-1)>>n, 1)
	return (superblocks + each - 1) / each, n
}

// oneByOne reads the sizes of tiles that superblocks are divided into, and returns their
// number and the largest.
func oneByOne(r *rbsp, superblocks, most int) (tiles, widest int) {
	for at := 0; at < superblocks && !r.short; tiles++ {
		n := int(nonSymmetric(r, uint32(min(superblocks-at, most)))) + 1
		at, widest = at+n, max(widest, n)
	}
	return tiles, widest
}

// log2 returns the smallest k for which block << k is target or more (§5.9.16).
func log2(block, target int) int {
	if target <= block {
		return 0
	}
	return bits.Len(uint((target+block-1)/block - 1))
}
