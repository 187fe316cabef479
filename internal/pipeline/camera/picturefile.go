package camera

import (
	"context"
	"fmt"
	"image"
	"os"
)

// ReadFile returns the picture of a JPEG or PNG file, decoded and turned as those of cameras are.
func ReadFile(ctx context.Context, name string) (image.Image, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no regular file", name)
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	b, err := readPicture(file)
	if err != nil {
		return nil, err
	}
	return decode(ctx, b)
}
