package sheet

// Key names one thing that a briefing can say.
type Key string

// The keys of captions. Several of them may be joined to one caption.
const (
	Some        Key = "some"
	Nobody      Key = "nobody"
	More        Key = "more"
	Fewer       Key = "fewer"
	Same        Key = "same"
	Unchanged   Key = "unchanged"
	Things      Key = "things"
	Moving      Key = "moving"
	Uncounted   Key = "uncounted"
	Learning    Key = "learning"
	Changed     Key = "changed"
	Dark        Key = "dark"
	LightChange Key = "lightchange"
	Covered     Key = "covered"
	Blurred     Key = "blurred"
	Frozen      Key = "frozen"
	Moved       Key = "moved"
	Stale       Key = "stale"
	Offline     Key = "offline"
	Refused     Key = "refused"
	Unreadable  Key = "unreadable"
)

// The keys of headlines, which have at most MaxHeadline characters.
const (
	HeadSome    Key = "head_some"
	HeadNobody  Key = "head_nobody"
	HeadUnknown Key = "head_unknown"
	HeadCamera  Key = "head_camera"
)

// The keys of summaries and of their advice.
const (
	SumScope     Key = "sum_scope"
	SumPeople    Key = "sum_people"
	SumNobody    Key = "sum_nobody"
	SumUncounted Key = "sum_uncounted"
	SumBusiest   Key = "sum_busiest"
	SumEmpty     Key = "sum_empty"
	SumLost      Key = "sum_lost"
	SumBlind     Key = "sum_blind"
	SumLimits    Key = "sum_limits"
	SumEstimate  Key = "sum_estimate"
	SumFlat      Key = "sum_flat"
	SumQuiet     Key = "sum_quiet"
	SumNone      Key = "sum_none"
	SumEventless Key = "sum_eventless"
	AdviceNone   Key = "advice_none"
	AdviceRush   Key = "advice_rush"
	AdviceEmpty  Key = "advice_empty"
	AdviceCamera Key = "advice_camera"
	AdviceDark   Key = "advice_dark"
	AdviceMissed Key = "advice_missed"
)

// Bounds of a sheet.
const (
	MaxLines    = 3   // of a key
	MaxLine     = 120 // characters of a line
	MaxHeadline = 20  // characters of a headline, with its slots filled
)

// Definition says what the lines of a key mean, in words for a model.
type Definition struct {
	Slots []string `json:"slots"`
	Means string   `json:"means"`
}

// Definitions has the definition of each key. A line of a key has each of its slots once.
var Definitions = map[Key]Definition{
	Some:        {[]string{"people"}, "{people} are in the shop now"},
	Nobody:      {nil, "nobody is in the shop now"},
	More:        {[]string{"step"}, "{step} more than in the last briefing"},
	Fewer:       {[]string{"step"}, "{step} fewer than in the last briefing"},
	Same:        {nil, "the same number of people as in the last briefing, and nothing else differs"},
	Unchanged:   {nil, "the picture has not changed since an earlier briefing"},
	Things:      {[]string{"things"}, "{things} can be seen too; {things} is a list such as 3 bottles and 1 chair"},
	Moving:      {nil, "something moves in a part of the picture"},
	Uncounted:   {nil, "people could not be counted"},
	Learning:    {nil, "the camera's view is still being learnt, so people are not counted yet"},
	Changed:     {nil, "the picture differs very much from before, so people were not counted"},
	Dark:        {nil, "it is too dark to see the shop"},
	LightChange: {nil, "the light has changed, so people were not counted"},
	Covered:     {nil, "something covers the camera"},
	Blurred:     {nil, "the camera's picture is out of focus"},
	Frozen:      {nil, "the camera's picture stands still, as if it were stuck"},
	Moved:       {nil, "the camera points elsewhere"},
	Stale:       {nil, "the camera sends old pictures only"},
	Offline:     {nil, "the camera cannot be reached"},
	Refused:     {nil, "the camera answers but gives no picture"},
	Unreadable:  {nil, "the camera's picture cannot be read"},

	HeadSome:    {[]string{"people"}, "headline: {people} in the shop"},
	HeadNobody:  {nil, "headline: nobody in the shop"},
	HeadUnknown: {nil, "headline: people were not counted"},
	HeadCamera:  {nil, "headline: the camera does not show the shop"},

	SumScope: {
		[]string{"period", "samples", "counted"},
		"in {period} there were {samples} looks at the shop, and people were counted in {counted} of them",
	},
	SumPeople: {
		[]string{"share", "average", "time", "peak"},
		"somebody was there in {share} of the counted looks, {average} on average, at most {peak} at {time}",
	},
	SumNobody:    {nil, "nobody was seen in any counted look"},
	SumUncounted: {nil, "people were never counted, so their number is not known"},
	SumBusiest: {
		[]string{"hour", "average", "peak"},
		"most people were there in {hour}: {average} on average, at most {peak}",
	},
	SumEmpty: {[]string{"period"}, "the longest stretch of looks without people was {period}"},
	SumLost:  {[]string{"times"}, "{times} there was no picture of the camera"},
	SumBlind: {[]string{"times"}, "{times} the camera did not show the shop"},
	SumLimits: {
		nil,
		"all figures are from samples at intervals, they are no number of visitors, and sex was not measured",
	},
	SumEstimate:  {nil, "the numbers of people are estimates by motion"},
	SumFlat:      {nil, "no time of day stands out"},
	SumQuiet:     {[]string{"period", "counted"}, "in {period}, nobody was seen in all {counted} looks"},
	SumNone:      {nil, "there is nothing to summarise, because there are no briefings yet"},
	SumEventless: {nil, "nothing of note happened"},
	AdviceNone:   {nil, "the figures call for nothing at once; compare several days"},
	AdviceRush: {
		[]string{"hour", "average", "overall"},
		"many people came in {hour} ({average} on average, over all {overall}); restock and tidy up before it",
	},
	AdviceEmpty: {[]string{"period"}, "nobody was seen in {period}; clean, restock and check devices then"},
	AdviceCamera: {
		[]string{"times", "period"},
		"the picture was lost {times}, for the longest in {period}; check the camera's power and network",
	},
	AdviceDark: {[]string{"times"}, "{times} it was too dark to see the shop; check lamps and the camera's place"},
	AdviceMissed: {
		[]string{"times"},
		"{times} a planned briefing was not made; check that the server is always on and the interval is not too short",
	},
}

// definition returns the definition of a key.
func definition(key Key) (Definition, bool) {
	d, ok := Definitions[key]
	if !ok {
		d, ok = internalKeys[key]
	}
	return d, ok
}

// Keys that no model is asked for. Some join two facts in one line, for short styles. The key of an
// estimated fact is that of the fact with the suffix _est.
const (
	SomeEstimated     Key = "some_est"
	NobodyEstimated   Key = "nobody_est"
	HeadSomeEst       Key = "head_some_est"
	HeadNobodyEst     Key = "head_nobody_est"
	Zero              Key = "zero"
	SomeThings        Key = "some_things"
	SameSome          Key = "same_some"
	SameSomeThings    Key = "same_some_things"
	OnlyThings        Key = "only_things"
	NoThings          Key = "no_things"
	NotCounted        Key = "not_counted"
	SumNotes          Key = "sum_notes"
	SumQuietUncounted Key = "sum_quiet_uncounted"
	SumSex            Key = "sum_sex"
)

// internalKeys has the definitions of the keys that no model is asked for.
var internalKeys = map[Key]Definition{
	SomeEstimated:     {[]string{"people"}, "about {people} are in the shop now"},
	NobodyEstimated:   {nil, "it seems that nobody is in the shop now"},
	HeadSomeEst:       {[]string{"people"}, "headline: about {people} in the shop"},
	HeadNobodyEst:     {nil, "headline: it seems that nobody is in the shop"},
	Zero:              {[]string{"people"}, "the number of people is {people}, which is 0"},
	SomeThings:        {[]string{"people", "things"}, "{people} and {things} can be seen"},
	SameSome:          {[]string{"people"}, "nothing has changed, {people} are in the shop"},
	SameSomeThings:    {[]string{"people", "things"}, "nothing has changed, {people} and {things} can be seen"},
	OnlyThings:        {[]string{"things"}, "{things} can be seen; people were not looked for"},
	NoThings:          {nil, "none of the things looked for can be seen"},
	NotCounted:        {nil, "people were not counted"},
	SumNotes:          {[]string{"times"}, "{times} a briefing was recorded without figures"},
	SumQuietUncounted: {[]string{"samples"}, "in {samples} looks people were not counted"},
	SumSex:            {nil, "sex was not measured"},
}

// partOfDay are the keys whose lines may have {part}, a part of the day such as "this morning".
var partOfDay = map[Key]bool{Some: true, Nobody: true}
