// Package detect finds people and things in pictures with a neural network of the operator's. It
// offers Detector, whose Detect returns boxes in the picture's pixels.
//
// # Heads
//
// What a network's output means depends on its family, the head. New tells these apart by names and
// shapes, or Config.Kind names one:
//
//   - DETR: labels, boxes and scores, as RT-DETR, D-FINE and DEIM export them. With an input
//     orig_target_sizes the boxes are in the picture's pixels, without it in shares of the picture
//     or pixels of the input. The picture is stretched to the input, in RGB from 0 to 1.
//   - YOLOX: for each place of a grid the box, whether it is a thing, and a score for each class.
//     The picture is fitted into the upper left corner, in BGR from 0 to 255.
//   - YOLO: YOLOv8 to YOLO11, boxes and scores by rows. The picture is fitted into the middle, in
//     RGB from 0 to 1.
//   - NanoDet-Plus: scores, and distances to four sides as distributions. The picture is stretched,
//     in BGR less a mean.
//
// Pictures are made smaller as Pillow does it, because most networks were trained on such pictures.
//
// # Tiles
//
// A network with an input of 320 pixels misses people under a tenth of the picture's height. So
// Detect reads a picture in two overlapping squares and as a whole, and merges the boxes.
//
// # Promises
//
// Detect returns an error for an answer that is nonsense, and never a box that it has not checked:
// scores are between 0 and 1, and boxes lie in the picture. A model that fits no head is refused by
// New, with what was found and what is expected. New runs the model once, so a model that was
// accepted has run.
//
// Package onnx runs the networks, with bounds of memory and time. The callers decide which boxes
// count, where, and how often.
package detect
