package ffmpeg

// ReadPicture is readPicture.
var ReadPicture = readPicture

// Arguments are those of a child.
var Arguments = arguments
