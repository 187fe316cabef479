package ffmpeg

import (
	"bufio"
	"errors"
	"fmt"
	"image"
	"io"
	"strconv"
	"strings"
)

// MaxSide is the longest side of a picture that Decode returns, in pixels.
const MaxSide = 3840

// maxLine bounds a header line of YUV4MPEG2. Those of ffmpeg have about a hundred bytes.
const maxLine = 1024

// errOutput is the error of a child that writes something else than one picture.
var errOutput = errors.New("ffmpeg wrote no picture")

// readPicture reads exactly one picture in the format YUV4MPEG2 and checks that nothing follows.
// The sizes in the header are checked before the picture's memory is allocated.
func readPicture(r io.Reader) (*image.YCbCr, error) {
	in := bufio.NewReaderSize(r, maxLine)
	header, err := readLine(in)
	if err != nil {
		return nil, err
	}
	width, height, err := parseHeader(header)
	if err != nil {
		return nil, err
	}
	frame, err := readLine(in)
	if err != nil || !strings.HasPrefix(frame, "FRAME") {
		return nil, errOutput
	}
	// The planes of this format have the layout of image.YCbCr, without gaps between rows.
	img := image.NewYCbCr(image.Rect(0, 0, width, height), image.YCbCrSubsampleRatio420)
	for _, plane := range [][]byte{img.Y, img.Cb, img.Cr} {
		if _, err := io.ReadFull(in, plane); err != nil {
			return nil, fmt.Errorf("%w: it is cut", errOutput)
		}
	}
	if _, err := in.ReadByte(); err != io.EOF {
		return nil, fmt.Errorf("%w: something follows it", errOutput)
	}
	return img, nil
}

// readLine reads a line of at most maxLine bytes, without its end.
func readLine(in *bufio.Reader) (string, error) {
	line, err := in.ReadSlice('\n')
	if err != nil {
		return "", errOutput
	}
	return string(line[:len(line)-1]), nil
}

// parseHeader returns the size of the picture. It refuses every layout but planes of 8 bits with
// halved chroma, which the child was asked for.
func parseHeader(line string) (width, height int, err error) {
	words := strings.Fields(line)
	if len(words) == 0 || words[0] != "YUV4MPEG2" {
		return 0, 0, errOutput
	}
	chroma := "420"
	for _, word := range words[1:] {
		switch word[0] {
		case 'W':
			width, _ = strconv.Atoi(word[1:])
		case 'H':
			height, _ = strconv.Atoi(word[1:])
		case 'C':
			chroma = word[1:]
		}
	}
	switch chroma {
	case "420", "420jpeg", "420mpeg2", "420paldv":
	default:
		return 0, 0, fmt.Errorf("%w: of another layout", errOutput)
	}
	if width < 1 || height < 1 || width > MaxSide || height > MaxSide {
		return 0, 0, fmt.Errorf("%w: of a wrong size", errOutput)
	}
	return width, height, nil
}
