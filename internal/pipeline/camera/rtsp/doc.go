// Package rtsp reads cameras that speak RTSP: Motion JPEG, H.264 and H.265.
//
// # One reader a camera
//
// The first call of Source.Frame connects. The connection stays open while pictures are asked for,
// and closes after a minute without a call. A broken connection is opened again, with growing
// pauses. The camera's video is received over the same TCP connection.
//
//	idle ── Frame ──> connecting ── PLAY ──> playing ── break ──> pausing ──> connecting …
//	  ^                                         │                     │
//	  └──────────── a minute without a call ────┴─────────────────────┘
//
// The reader retains the newest complete picture as the camera sent it: a JPEG, or a keyframe with
// its parameter sets. Pictures between keyframes are not retained, because they cannot be decoded
// alone. Decoding happens in Frame, so a camera that nobody asks costs no decoding.
//
// # Promises
//
// Frame returns the newest picture at once while it is current. A picture is current for 10 s, or
// two and a half times as long as this camera usually needs from one picture to the next.
//
// Every failure is a pipeline.Trouble with a state, a reason and the camera's words. Credentials
// and addresses are in none of them. Credentials go to the camera's own host alone. After a camera
// has asked for Digest authentication it gets no password in clear.
//
// What the camera sends is foreign input. A picture has at most 10 MiB. A panic in a parser ends
// the connection and nothing else.
//
// # Left to others
//
// Config.Dial decides which addresses may be called, and Config.TLS which certificates are valid.
// Package camera decodes JPEG and package ffmpeg decodes keyframes.
package rtsp
