//go:build !purego

#include "textflag.h"

// func pack(dst, src []byte, header, count uint32)
//
// A packet is four bytes of header and eleven and a half registers of payload. What
// lies half a memory page behind it is fetched ahead: the processor notices by
// itself what is read in turn, but in pictures with sound between them too late.
TEXT ·pack(SB), NOSPLIT, $0-56
	MOVQ dst_base+0(FP), DI
	MOVQ dst_len+8(FP), CX
	MOVQ src_base+24(FP), SI
	MOVL header+48(FP), AX
	MOVL count+52(FP), BX

packet:
	MOVL        BX, DX
	ANDL        $15, DX
	ORL         AX, DX
	BSWAPL      DX
	PREFETCHT0  2048(SI)
	PREFETCHT0  2112(SI)
	PREFETCHT0  2176(SI)
	MOVOU       0(SI), X0
	MOVOU       16(SI), X1
	MOVOU       32(SI), X2
	MOVOU       48(SI), X3
	MOVOU       64(SI), X4
	MOVOU       80(SI), X5
	MOVOU       96(SI), X6
	MOVOU       112(SI), X7
	MOVOU       128(SI), X8
	MOVOU       144(SI), X9
	MOVOU       160(SI), X10
	MOVOU       168(SI), X11
	MOVL        DX, (DI)
	MOVOU       X0, 4(DI)
	MOVOU       X1, 20(DI)
	MOVOU       X2, 36(DI)
	MOVOU       X3, 52(DI)
	MOVOU       X4, 68(DI)
	MOVOU       X5, 84(DI)
	MOVOU       X6, 100(DI)
	MOVOU       X7, 116(DI)
	MOVOU       X8, 132(DI)
	MOVOU       X9, 148(DI)
	MOVOU       X10, 164(DI)
	MOVOU       X11, 172(DI)
	ADDQ        $184, SI
	ADDQ        $188, DI
	INCL        BX
	SUBQ        $188, CX
	JG          packet
	RET
