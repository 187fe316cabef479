package hostile

import "strings"

// Fragments on everything about a camera.
const (
	ofHealth = ` fragment H on CameraHealth { state since detail(language: EN) reason words }`
	ofCamera = ` fragment C on Camera { id username name source hasCredentials certificate hasFrameToken zones { id name polygon { points { x y } } } masks { points { x y } } egress { provider egress } keepFrames keepDays health { ...H } lastFrame { id width height at url } }` + ofHealth
)

// cameras returns every operation on cameras, with all fields.
func cameras() []Case {
	const id = "0123456789abcdef01234567"
	const corner = `{"points":[{"x":0.1,"y":0.1},{"x":0.9,"y":0.1},{"x":0.9,"y":0.9},{"x":0.1,"y":0.8}]}`
	zones := strings.TrimSuffix(repeat(`{"name":"계산대 앞","polygon":`+corner+`},`, 32), ",")
	masks := strings.TrimSuffix(repeat(corner+",", 32), ",")
	full := `{"i":{"username":"{user}","name":"문 앞","source":"http://admin:p@ss@192.0.2.7/snap.jpg?user=me&pwd=x","zones":[` + zones + `],"masks":[` + masks +
		`],"egress":[{"provider":"api.example","egress":"BLURRED"}],"keepFrames":"CHANGED","keepDays":30}}`
	return []Case{
		post("a user's cameras", "", Answered, `query($u: String!) { cameras(username: $u) { ...C } }`+ofCamera).with(`{"u":"{user}"}`),
		post("the camera with everything", "", Answered, `{ camera(id: "default") { ...C } }`+ofCamera),
		post("active requests with their cameras", "", Answered, `query($u: String!) { user(username: $u) { id activeRequests { ...R camera { ...C } } } }`+ofRequest+ofCamera).with(`{"u":"{user}"}`),
		post("a page of requests with their cameras", "", Answered, `query($u: String!) { requests(username: $u, first: 100) { edges { node { ...R camera { id name source health { ...H } } } } pageInfo { ...P } } }`+ofRequest+ofPage+ofHealth).with(`{"u":"{user}"}`),
		post("facts with the camera's health", "", Answered, `query($r: ID!) { briefings(requestId: $r, last: 100) { edges { node { id unchanged facts { people counts { name count zone method } boxes { x0 y0 x1 y1 name score zone } health { ...H } frameId } } } } }`+ofHealth).with(`{"r":"{request}"}`),
		post("a page of briefings with their pictures", "", Answered, `query($r: ID!) { briefings(requestId: $r, last: 500) { edges { node { id caption frame { id width height at url } } } } }`).with(`{"r":"{request}"}`),
		post("a new camera", "", Answered, `mutation($i: SaveCameraInput!) { saveCamera(input: $i) { credentialsCleared camera { ...C } } }`+ofCamera).with(full),
		post("a change of a camera", "", notFound, `mutation($i: SaveCameraInput!) { saveCamera(input: $i) { credentialsCleared camera { ...C } } }`+ofCamera).with(`{"i":{"id":"` + id + `","name":"뒤","zones":null,"credentials":{"username":"a","password":"b"}}}`),
		post("a test of a camera", "", Answered, `mutation($i: SaveCameraInput!) { testCamera(input: $i) { health { ...H } picture width height facts { people counts { name count zone } boxes { x0 y0 x1 y1 name zone } change brightness scene health { ...H } detector frameId } tiles { columns rows busy } leaves(egress: BLURRED) certificate latencyMs } }`+ofHealth).with(`{"i":{"username":"{user}","source":"demo:"}}`),
		post("a token of a camera", "", notFound, `mutation { createFrameToken(cameraId: "`+id+`") { token url camera { ...C } } }`+ofCamera),
		post("no token of a camera", "", notFound, `mutation { revokeFrameToken(cameraId: "`+id+`") { credentialsCleared camera { ...C } } }`+ofCamera),
		post("a deletion of a camera", "", notFound, `mutation { deleteCamera(id: "`+id+`") { id } }`),
		post("an end on a camera", "", notFound, `mutation { endBriefing(username: "{user}", cameraId: "`+id+`") { ...R } }`+ofRequest),
		post("a start on a camera", "", notFound, `mutation { startBriefing(input: {username: "{user}", interval: 60, endTime: "{later}", cameraId: "`+id+`"}) { ...R } }`+ofRequest),
		post("the latest request of a camera", "", Answered, `subscription { reloadBriefing(username: "{user}", cameraId: "default") { ...B } }`+ofBriefing).by(Socket),
		post("a subscription to cameras", "", Answered, `subscription($u: String!) { cameraChanged(username: $u) { ...C } }`+ofCamera).with(`{"u":"{user}"}`).by(Socket),
	}
}
