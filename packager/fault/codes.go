package fault

// The failures that this origin answers, with status and number as the
// streaming endpoint documented them.
const (
	BadURLSyntax              Code = "BAD_URL_SYNTAX"
	EncryptionNotSpecified    Code = "ENC_ENCRYPTION_NOT_SPECIFIED_IN_URL"
	OutputFormatBlocked       Code = "OUTPUT_FORMAT_BLOCKED"
	EncryptionNotInPolicy     Code = "ENC_ENCRYPTION_NOT_SET_IN_DELIVERY_POLICY"
	TokenRefused              Code = "AUTHENTICATION_FAILURE"
	TokenForbidden            Code = "INSUFFICIENT_ACCOUNT_PERMISSIONS"
	TrackNotFound             Code = "EGRESS_TRACK_NOT_FOUND"
	ResourceNotFound          Code = "RESOURCE_NOT_FOUND"
	Unauthorized              Code = "UNAUTHORIZED"
	TimestampNotFound         Code = "EGRESS_TIMESTAMP_NOT_FOUND"
	FilterNotFound            Code = "EGRESS_FILTER_NOT_FOUND"
	FilterInvalid             Code = "FILTER_INVALID"
	FilterVersion             Code = "FILTER_VERSION_INVALID"
	FilterType                Code = "FILTER_TYPE_INVALID"
	FilterRange               Code = "FILTER_RANGE_ATTRIBUTE_INVALID"
	FilterTrack               Code = "FILTER_TRACK_ATTRIBUTE_INVALID"
	FilterWindow              Code = "FILTER_PRESENTATION_WINDOW_INVALID"
	FilterBackoff             Code = "FILTER_LIVE_BACKOFF_INVALID"
	FilterBackoffOverWindow   Code = "FILTER_LIVE_BACKOFF_OVER_PRESENTATION_WINDOW"
	FilterTwice               Code = "FILTER_MULTIPLE_SAME_TYPE_FILTERS"
	FilterRemovedAll          Code = "FILTER_REMOVED_ALL_STREAMS"
	FilterCount               Code = "FILTER_COMPOSITION_FILTER_COUNT_OVER_LIMIT"
	FilterFirstQualities      Code = "FILTER_COMPOSITION_MULTIPLE_FIRST_QUALITY_OPERATOR_NOT_ALLOWED"
	FilterFirstQuality        Code = "FILTER_FIRST_QUALITY_ATTRIBUTE_INVALID"
	MediaEntryNotFound        Code = "MANIFEST_MEDIA_ENTRY_NOT_FOUND"
	FormatNotSupported        Code = "FORMAT_NOT_SUPPORTED"
	InputFormatNotSupported   Code = "INPUT_FORMAT_NOT_SUPPORTED"
	OutputFormatNotSupported  Code = "OUTPUT_FORMAT_NOT_SUPPORTED"
	EncryptionNotSupported    Code = "ENCRYPTION_NOT_SUPPORTED"
	AlreadyEncrypted          Code = "ENC_ALREADY_ENCRYPTED"
	MediaTypeNotSupported     Code = "MEDIA_TYPE_NOT_SUPPORTED"
	VideoEncodingNotSupported Code = "VIDEO_ENCODING_NOT_SUPPORTED"
	AudioEncodingNotSupported Code = "AUDIO_ENCODING_NOT_SUPPORTED"
	InvalidNALUnit            Code = "INVALID_VIDEO_NAL_UNIT"
	InvalidNALSize            Code = "INVALID_NALU_SIZE"
	KeyFrameIntervalTooLarge  Code = "KEY_FRAME_INTERVAL_TOO_LARGE"
	StorageConflict           Code = "STORAGE_RESOURCE_CONFLICT"
	StorageBusy               Code = "STORAGE_SERVER_BUSY"
	Internal                  Code = "INTERNAL_ERROR"
)

// What depends on the window that can be rewound of an event that is live. What is
// on demand has none, and the service ignored there what these are about: they are
// answered as soon as events can be live.
const (
	FilterBackoffOverDVR Code = "FILTER_LIVE_BACKOFF_OVER_DVRWINDOW"
	FilterForcedEnd      Code = "FILTER_FORCE_END_LEFT_EDGE_CROSSED_DVR_WINDOW"
)

type wire struct {
	status int
	number uint32
}

var table = map[Code]wire{
	BadURLSyntax:              {400, 0x80890201},
	EncryptionNotSpecified:    {400, 0x8088024C},
	OutputFormatBlocked:       {403, 0x80890207},
	EncryptionNotInPolicy:     {403, 0x8088024D},
	TokenRefused:              {401, 0x808900F3}, // of key delivery, which had no codes of its own
	TokenForbidden:            {403, 0x808900EB},
	TrackNotFound:             {404, 0x80890209},
	ResourceNotFound:          {404, 0x808901F9},
	Unauthorized:              {404, 0x80890244}, // as if there were no such locator
	TimestampNotFound:         {404, 0x8089020A},
	FilterNotFound:            {404, 0x8089020C},
	FilterInvalid:             {415, 0x80890236},
	FilterVersion:             {415, 0x80890237},
	FilterType:                {415, 0x80890238},
	FilterRange:               {415, 0x80890239},
	FilterTrack:               {415, 0x8089023A},
	FilterWindow:              {415, 0x8089023B},
	FilterBackoff:             {415, 0x8089023C},
	FilterBackoffOverDVR:      {415, 0x8089023F},
	FilterBackoffOverWindow:   {415, 0x80890262},
	FilterForcedEnd:           {410, 0x80890263},
	FilterTwice:               {415, 0x8089023D},
	FilterRemovedAll:          {415, 0x8089023E},
	FilterCount:               {415, 0x80890246},
	FilterFirstQualities:      {415, 0x80890248},
	FilterFirstQuality:        {415, 0x80890249},
	MediaEntryNotFound:        {404, 0x80890256},
	FormatNotSupported:        {415, 0x80890205},
	InputFormatNotSupported:   {415, 0x80890218},
	OutputFormatNotSupported:  {415, 0x8089020D},
	EncryptionNotSupported:    {415, 0x80890208},
	AlreadyEncrypted:          {415, 0x8088021F},
	MediaTypeNotSupported:     {415, 0x8089020E},
	VideoEncodingNotSupported: {415, 0x80890210},
	AudioEncodingNotSupported: {415, 0x80890211},
	InvalidNALUnit:            {415, 0x80890231},
	InvalidNALSize:            {415, 0x80890260},
	KeyFrameIntervalTooLarge:  {415, 0x808901FE},
	StorageConflict:           {409, 0x808900EE},
	StorageBusy:               {503, 0x808900E8},
	Internal:                  {500, 0x808900F2},
}

// Status returns the HTTP status of the code.
func (c Code) Status() int { return c.wire().status }

// Number returns the hexadecimal number that the endpoint printed beside the name.
func (c Code) Number() uint32 { return c.wire().number }

// String returns the full name, MPE_….
func (c Code) String() string { return "MPE_" + string(c) }

func (c Code) wire() wire {
	if w, ok := table[c]; ok {
		return w
	}
	return table[Internal]
}
