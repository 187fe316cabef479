import type { Same } from "./index";
import type { wordsKo } from "./wordsKo";

/** The English texts about words, styles and models. */
export const wordsEn: Same<typeof wordsKo> = {
  style: {
    lead: "How should we put it?", chips: "Common styles", lines: "In your own words", line: "Line {{n}}", add: "Add a line", remove: "Remove line {{n}}",
    placeholder: "e.g. call me boss", save: "Save", saved: "Saved. The next briefing speaks like this.", before: "Style now", after: "New style",
    preview: "Preview", hint: "Only the wording changes, never the numbers and facts.", full: "At most 10 lines.",
    previewNext: "The new style shows from the next briefing after saving.", last: "Last briefing",
    polite: "Polite Korean", short: "Short", numbers: "Numbers only", english: "English", casual: "Casual Korean",
    previewing: "Trying the new style. This can take 20 seconds.", samples: "Briefings of the last day", shown: "The sentences in the new style are there.",
  },
  note: {
    label: "About this style", line: "Line {{n}}: {{text}}",
    SHEET_PENDING: "A model is writing the lines of this style. Until then the built-in lines speak.", MODEL_UNAVAILABLE: "No model answers, so the built-in lines speak.",
    BUDGET_SPENT: "Today's requests to models are spent, so the built-in lines speak.", LINES_REFUSED: "Lines of the model that break the rules are not used.",
    OTHER_LANGUAGE: "Briefings are in Korean or English alone, so this style is English.", OTHER_FORM: "Briefings are short plain text, without tables, lists, pictures, many emoji or long texts.", NOT_MEASURED: "What the server does not measure cannot be said.", NOT_UNDERSTOOD: "Without a model this line cannot be followed.",
  },
  sheet: {
    title: "The lines of this style", lead: "Briefings say nothing but these lines. The server fills in the numbers.", language: "Language", languages: { ko: "Korean", en: "English" },
    verdict: {
      BUILT_IN: "No model is set up, so the built-in lines speak.", STYLE_SHEET: "The lines that a model wrote for this style speak.", PENDING: "The built-in lines speak while a model writes.",
      REFUSED: "The model's lines broke the rules, so the built-in lines speak.", UNAVAILABLE: "No model answers, so the built-in lines speak.",
    },
    builtIn: "built-in", base: "Built-in lines behind it", model: "Written by", at: "Written", cost: "Cost",
    bases: { polite: "polite", casual: "casual", short: "short", short_casual: "short and casual", figures: "numbers only" },
    groups: { caption: "Briefings", headline: "Headlines", summary: "Summaries", advice: "Advice", other: "Others" }, count: "{{count}} things", count_one: "{{count}} thing",
    rewrite: "Write again", rewriting: "The model is writing the lines again. The present lines speak meanwhile.", rewritten: "The new lines are there.",
    waiting: "The model is still writing. Its lines appear here.", long: "This takes long. Please check again later.", check: "Check again", template: "Form",
    refused: "Lines that are not used", refusedText: "The model wrote these, but they break the rules, so they are not said. They are deleted after 24 hours.", why: "Reason", models: "See the models",
  },
  key: {
    some: "People are there", nobody: "Nobody is there", more: "More than before", fewer: "Fewer than before", same: "The same as before", unchanged: "The picture has not changed",
    things: "Things that can be seen", moving: "Something moves", uncounted: "People could not be counted", learning: "The view is being learnt", changed: "The picture changed a lot",
    dark: "Too dark", lightchange: "The light changed", covered: "The camera is covered", blurred: "The picture is blurred", frozen: "The picture stands still", moved: "The camera points elsewhere",
    stale: "Old pictures only", offline: "The camera cannot be reached", refused: "The camera gives no picture", unreadable: "The picture cannot be read",
    head_some: "People are there", head_nobody: "Nobody is there", head_unknown: "People were not counted", head_camera: "The shop cannot be seen",
    sum_scope: "Period and number of briefings", sum_people: "People", sum_nobody: "A day without people", sum_uncounted: "A day without counts", sum_busiest: "The busiest hour", sum_empty: "The longest empty stretch",
    sum_lost: "Times without a picture", sum_blind: "Times the shop was not seen", sum_limits: "Limits of the figures", sum_estimate: "The figures are estimates",
    advice_rush: "Before a busy hour", advice_empty: "In an empty stretch", advice_camera: "Check the camera", advice_dark: "Check the lamps", advice_missed: "Missed briefings",
    some_est: "People seem to be there", nobody_est: "Nobody seems to be there", zero: "The number is 0", some_things: "People and things", same_some: "No change, with people",
    same_some_things: "No change, with people and things", only_things: "Things alone are counted", no_things: "None of the things is there", not_counted: "People are not counted", sum_notes: "Briefings without figures",
    sum_flat: "No hour stands out", sum_none: "No briefings yet", sum_eventless: "Nothing of note", sum_quiet: "A stretch without people", sum_quiet_uncounted: "Briefings without counts",
    sum_sex: "On sex", advice_none: "No advice", description: "Description of the picture", question: "Something to check", sheet: "Answer of the model",
  },
  rule: {
    empty: "It has no words.", long: "It is too long.", character: "It has a character or sign that is not allowed.", digit: "It has a number of its own. Only the server fills in numbers.",
    emoji: "It has an emoji that is not allowed, or several.", slot: "The place of the number is missing or wrong.", form: "It has words that do not belong to this meaning.", key: "There is no such thing to say.",
    garbled: "It cannot be read or understood.", script: "It has letters of another script.", language: "It is not in the style's language.", refusal: "The model refused to answer.", reasoning: "It is what the model thinks.", rules: "It repeats the rules of the model.",
    link: "It has an address in the internet.", contact: "It has contact details or a place.", markup: "It has marks that are no text.", quote: "It repeats a text in the picture.", alarm: "It may be urgent, so you are asked to check in place of a description.", order: "It says what to do.",
    person: "It speaks of people. The server counts them and speaks of them.", number: "It says a number. Only the server says numbers.", comparison: "It compares with another time.", verdict: "It judges whether all is well.", trait: "It speaks of looks or clothes.", subject: "It does not say of what it speaks.",
    place: "It says that the shop is empty, full, open or closed.", word: "It has a word that cannot be checked.", question: "It is no question, or a question in a description.",
    other: "It breaks a rule ({{rule}}).",
  },
  why: {
    people: "People counted", method: "Counted by", change: "Picture change", brightness: "Brightness", scene: "Picture", words: "Words", template: "automatic", model: "model {{model}}", outside: "sent from outside",
    degraded: "What was missing", noFacts: "No facts are stored for this briefing.", objects: "Also counted",
    scenes: { LEARNING: "learning", STEADY: "steady", MOVING: "movement", CHANGED: "changed a lot", DARK: "dark" },
    verdict: {
      BUILT_IN: "built-in lines, because no model was set up", STYLE_SHEET: "lines that a model wrote for the style", PENDING: "built-in lines, while a model wrote those of the style",
      REFUSED: "built-in lines, because the model's lines broke the rules", UNAVAILABLE: "built-in lines, because no model answered",
    },
    noLine: "built-in lines, because the model has none for this", by: "Lines by", version: "Version of the request", describedBy: "Picture described by", latency: "Time for the words", ms: "{{ms}} ms", cost: "Cost of the description",
    said: "How it was said", saidText: "The server chose what to say by the facts, and put the numbers into its lines.", slot: "{{text}} for {{name}}",
    rejected: "What was not said", rejectedText: "The model wrote this, but it breaks the rules, so it was not said. It is deleted after 24 hours.",
  },
  object: {
    person: "people", bottle: "bottles", cup: "cups", chair: "chairs", bicycle: "bicycles", car: "cars", dog: "dogs", cat: "cats", backpack: "backpacks", handbag: "handbags",
  },
  described: { label: "Model's description", doubt: "A model wrote this on the picture, so it may be wrong.", check: "Please check" },
  usage: {
    of: "{{attempts}} requests · {{input}} tokens sent · {{output}} tokens received", estimated: "estimate",
    title: "Questions to models", lead: "What was asked for this name in the last 30 days.", today: "Today", none: "No model was asked in the last 30 days.", noneToday: "Nothing was asked today.", days: "Show the days",
  },
  models: {
    title: "Models", lead: "AI models write the lines of styles, and describe the pictures that you let them have.", first: "Asked first", second: "Asked if the first does not answer",
    host: "Provider", sees: "Does it see pictures?", yes: "yes", no: "no", unchecked: "not checked yet", median: "Time to answer", seconds: "{{s}} s", untimed: "not known yet", state: "State", last: "Last problem",
    states: { UNTRIED: "not asked yet", OK: "answers", FAILING: "no usable answer", PAUSED: "pausing", OPEN: "does not answer" },
    stateText: {
      UNTRIED: "It is asked once there is a question.", OK: "It answers well.", FAILING: "It gave no usable answer to the last question. It is asked again later.", PAUSED: "It refused the key or the model, or was asked too often. It is asked again after a pause.",
      OPEN: "It failed five times in a row. It is tried once a minute.",
    },
    none: "No model is set up", noneText: "Briefings come all the same, in the server's built-in lines and without descriptions of pictures. Nothing goes anywhere. To use a model, set OPENAI_API_KEY or OPENAI_BASE_URL on the server.",
    leaves: "What goes to models", leavesStyle: "For the lines of a style your own style lines are sent, and no counts, names or pictures.", leavesCheck: "Whether a model sees pictures is checked with a picture that the server draws.",
    modes: { COUNTS: "Figures only", BLURRED: "Blurred", FULL: "As it is" },
    modeText: {
      COUNTS: "No picture is sent, and briefings ask no model.", BLURRED: "When the picture changes, it is sent with coarse faces and changed places, and a description comes back. The number of people and your style lines go with it.", FULL: "When the picture changes, it is sent with black masks alone, and a description comes back. The number of people and your style lines go with it.",
    },
    cameras: "Privacy of each camera", camera: "{{camera}}: {{mode}}", settingsCamera: "Camera of the settings", unnamed: "Camera without a name",
    fault: {
      timeout: "It did not answer in time.", empty: "Its answer was empty.", large: "Its answer was too long.", network: "It could not be reached.", garbled: "Its answer was not understood. Check the address.",
      context: "The question is too long for the model.", pictures: "The model takes no pictures.", blind: "The model does not see pictures.", costly: "One picture cost too many tokens, so pictures are not sent.",
      refused: "Its answer broke the rules.", key: "It did not accept the key. Check the key on the server.", model: "It does not have the model. Check the model's name.", path: "There is no model at the address. Check the address and the model's name.",
      limited: "It was asked too often. It is asked again after a pause.", paid: "The provider's credit or limit is spent.", server: "The provider's server has a problem.", budget: "Today's requests are spent.",
    },
  },
};
