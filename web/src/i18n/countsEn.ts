import type { countsKo } from "./countsKo";
import type { Same } from "./index";

/** The English texts about who counts, and where. */
export const countsEn: Same<typeof countsKo> = {
  title: "How people are counted", now: "Now", speed: "Time", ms: "{{ms}} ms a picture", wanted: "Configured detector",
  ways: { MOTION: "estimated by movement", MODEL: "model {{name}}", HTTP: "HTTP detector {{name}}", OUTSIDE: "sent from outside" },
  estimate: "Counts by movement are estimates. People who stand close together or do not move for long can be missed.",
  better: "With a detector's model file on the server, counts are more exact and the word “estimate” is gone.",
  instead: "The configured detector does not count, so people are estimated by movement now.",
  sample: "Counts are samples at each briefing, and not totals of visitors.",
  reasons: {
    PREPARING: "The model is being prepared.", MISSING: "There is no such model file. Check its path.", NO_FILE: "The model file cannot be read. Check the file and its permissions.", TOO_LARGE: "The model file is too large. Choose a smaller model.",
    NO_MODEL: "The file is not an ONNX model that can be run. Choose another one.", UNKNOWN: "The form of the model's output is not known. Choose a detector that is supported.", BAD_CLASSES: "The list of class names cannot be read. Check that file.",
    UNSUPPORTED: "Models do not run on this server's processor.", NO_CACHE: "The folder for the prepared model cannot be used. Check the permissions of the data folder.", NO_MEMORY: "The model needs too much memory. Choose a smaller one.",
    SLOW: "The detector takes too long. Choose a smaller model or a longer interval.", NONSENSE: "The detector's answers cannot be right. Check the model.", UNREACHABLE: "The detector's server cannot be reached. Check that server.", REFUSED: "The detector's server answers with errors. Check its address and settings.", FAILED: "The detector failed again and again. It is tried again soon.",
  },
  zones: "By zone", zone: "{{name}}: {{count}}", deletedZone: "deleted zone", whole: "whole picture", outside: "outside of the zones", outsideText: "People outside of the zones are not counted.",
  unchanged: "The picture is the same as at the briefing before, so nothing was counted again.",
  boxes: "Show who was found", people: "{{count}} people found", people_one: "{{count}} person found", peopleBy: "{{count}} people found: {{places}}", peopleBy_one: "{{count}} person found: {{places}}", others: "{{count}} other things", others_one: "{{count}} other thing", nobody: "Nobody was found.",
  foot: "A box is a person who was found, and its dot the place where that person stands.", median: "The boxes are those of the last picture. The count is the median of several pictures, so it may differ.",
};
