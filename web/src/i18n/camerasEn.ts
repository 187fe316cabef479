import type { Same } from "./index";
import type { camerasKo } from "./camerasKo";

/** The English texts of the cameras' pages. */
export const camerasEn: Same<typeof camerasKo> = {
  title: "Cameras", add: "Add a camera", show: "Show the camera", switch: "Cameras being watched", default: "Default camera", deleted: "Deleted camera", all: "All cameras", choose: "Camera",
  none: "You have no camera yet", noneText: "Enter the address of the shop's camera, or use this phone as one.",
  settings: "This camera is part of the server's settings and cannot be changed here.", settingsShort: "Camera of the server's settings",
  active: "briefing", since: "since {{time}}", well: "Pictures come as they should.", words: "The camera said: {{words}}", address: "Address", login: "Sign-in", loginSaved: "user name and password saved", loginNone: "none",
  viewRight: "This view is right", viewSaved: "The view is learnt anew. For a while nobody is counted.",
  certificate: "Own certificate", device: "Sending device", deviceOn: "permitted", deviceOff: "none yet",
  change: "Change name and address", test: "Test it", start: "Brief me with this camera", watch: "Show now", history: "History of this camera",
  areas: "Masks and zones", areasCount: "{{masks}} masks · {{zones}} zones", privacy: "Privacy", phone: "Use this device as the camera",
  remove: "Delete the camera", removeTitle: "Delete the camera?", removeText: "This deletes the address and the password of “{{name}}”. Its briefings stay.", removeGo: "Delete", removed: "The camera is deleted.",
  inUse: "Briefings use this camera now, so it cannot be deleted. End those briefings first.", full: "There are 200 cameras already. Delete one that is not used.",
  missing: "This camera cannot be found", missingText: "It was deleted, or the address is wrong.",
  form: {
    name: "Name of the camera", namePlaceholder: "e.g. Front door", own: "My camera", kind: "Kind of camera", way: "How it is read", picture: "Picture", stream: "Video",
    host: "IP address of the camera", hostPlaceholder: "e.g. 192.168.0.10", hostHint: "The router or the camera's app shows it. With another port, write it as in 192.168.0.10:8080.",
    part: "Name of the camera there", token: "Access token (access_token)", code: "Verification code (on the label)", address: "Address of the camera", addressHint: "An address that begins with http://, mjpeg+http:// or rtsp://.",
    user: "User name of the camera", password: "Password of the camera", loginHint: "The password is encrypted, stays on the server and is never shown again.", loginKept: "Leave it empty to use the saved password.", forget: "Forget the saved user name and password",
    full: "The address is: {{address}}", test: "Test it", testing: "Testing the camera", save: "Save", anyway: "Save anyway", untested: "Save without a test", saved: "The camera is saved.", cleared: "The address leads elsewhere now, so the saved password was cleared. Enter it again if it is needed.",
    phoneText: "Once it is saved, this phone or laptop can be the camera. You may also open the page on another device.", demoText: "A drawn shop, to look around without a camera.", create: "Save and go on",
  },
  kind: { other: "ONVIF · RTSP · another address", demo: "Demo shop", phone: "This phone or laptop", noname: "XiongMai · no brand", app: "IP Webcam (Android app)" },
  guide: {
    hikvision: "On a recorder the first digit of the address is the channel (201 is the second). Wrong passwords lock the account.", dahua: "On a recorder change the number of the channel in the address.", axis: "An account that may only view is best.",
    hanwha: "For pictures one of the camera's profiles must be MJPEG.", reolink: "Switch on HTTP in the app under Network › Advanced › Server Settings.", tapo: "Make a “camera account” in the app under Advanced Settings, and enter its user name and password.",
    ezviz: "Switch on RTSP in the app under LAN Live View. The code is on the camera's label.", noname: "This camera has the user name and the password within its address.", esp32: "The address of the example sketch (CameraWebServer).",
    go2rtc: "Enter the name of the stream as in the settings of go2rtc.", frigate: "It uses port 5000 of the same network. Port 8971 needs a sign-in and does not work.", ha: "Enter the name of the camera's entity and its attribute access_token. The token changes from time to time.",
    app: "The app shows this address after “Start server”.", other: "Search for the model and “snapshot URL”, and enter the address that shows a picture in a browser. An ONVIF camera mostly has an RTSP address.",
  },
  result: {
    ok: "A picture came", dim: "A picture came, but it shows little", failed: "No picture came", size: "Size", took: "Time", ms: "{{ms}} ms", people: "People seen", alt: "The picture of the test",
    certificate: "This camera has its own certificate. Once saved, only this fingerprint is accepted: {{print}}", accept: "Accept the new certificate and test again", state: "State",
  },
  error: {
    source: "The address cannot be read or may not be used. Check that it begins with http:// or rtsp:// and that nothing is missing.", name: "The name has 1 to 64 characters.", credentials: "This server cannot store a user name and password, or they are too long. Check the server's setting BIS_CAMERA_KEY.",
    masks: "The masks cannot be saved. Check that no lines cross, no points coincide and none is too small.", zones: "The zones cannot be saved. Check that each has a name, no lines cross and no points coincide.", egress: "Check the names of the providers. Each may be there once.", keepDays: "Enter 1 to 30 days.", certificate: "Check the fingerprint of the certificate.", keepFrames: "Choose again which pictures are stored.",
    busy: "Many tests are running. Try again in a moment.", said: "The server answers: {{message}}",
  },
  area: {
    title: "Masks and zones", lead: "Cover what must not be seen. Masks are never counted, and they are black in every picture that is shown or sent.", masks: "Masks", zones: "Zones", zonesText: "People are counted in the zone where they stand. With at least one zone, nobody outside of the zones is counted. Where zones overlap, the upper one in the list counts.", what: "What to draw",
    picture: "Get a picture now", again: "Look again", fetching: "Getting a picture", noPicture: "There is no picture yet. You can draw on the empty area, too.", draw: "Drag across the picture with a finger or the mouse to draw a rectangle. Drag its points to change the shape, or choose a point and move it by the arrow keys.",
    mask: "Mask {{n}}", zone: "Zone {{n}}", point: "{{area}}, point {{n}}, {{x}}% from the left, {{y}}% from the top", pointHint: "The arrow keys move the point, with Shift by more. Delete removes it.", addMask: "Add a mask", addZone: "Add a zone", addPoint: "Add a point", removePoint: "Remove a point", up: "Up", down: "Down", moved: "{{area}}, number {{n}} in the list", remove: "Remove", undo: "Undo", name: "Name of the zone",
    save: "Save", saved: "Saved. It holds from the next briefing on.", alt: "The picture on which masks are drawn", none: "None yet.", many: "At most 32 can be drawn.", corners: "{{count}} points", added: "{{area}} is added.", unsaved: "Not saved yet.", seen: "Counted in this picture", uncounted: "People were not counted in this picture.",
    tiles: "{{count}} yellow tiles differ from the empty shop.", tiles_one: "{{count}} yellow tile differs from the empty shop.", calm: "Nothing differs from the empty shop.", noTiles: "While briefings of this camera run, the tiles that differ from the empty shop are shown, too.",
  },
  keep: {
    title: "Privacy", lead: "Decide who may see the pictures of this camera.", who: "What goes to providers of AI models", whoText: "A provider that is not listed gets no picture.", provider: "Address of the provider", providerPlaceholder: "e.g. api.openai.com", addProvider: "Add a provider", badProvider: "This is not the address of a provider. Enter its host, with the port if it has one, e.g. api.openai.com or 192.168.0.10:11434.", removeProvider: "Remove {{provider}}", noProvider: "No provider is listed. No picture goes anywhere.",
    COUNTS: "Figures only", COUNTSText: "No picture is ever sent, and briefings ask no model.", BLURRED: "Blurred", BLURREDText: "The picture is sent with coarse faces and changed places. At first all of it is coarse. A place becomes sharp once nobody was there for 15 minutes. Masks are black.", FULL: "As it is", FULLText: "The picture is sent as it is, with black masks. Customers' faces may go to a server abroad.",
    frames: "Stored pictures", NONE: "None", NONEText: "Only the last picture is in the server's memory for a while.", LAST: "The last one", LASTText: "The last picture is stored.", CHANGED: "Changed ones", CHANGEDText: "The last picture is stored, and those where the counts or the camera's state differ or something moves.", days: "For how many days", daysHint: "1 to 30. After that they are deleted. A change of the masks, the address or the blurring deletes what was stored before.",
    preview: "This would leave", previewGo: "Preview what would leave", previewing: "Preparing the picture", nothing: "No picture leaves.", previewAlt: "The picture for {{provider}}", coarse: "The next briefing would send a picture that is as coarse as this. Without running briefings all of it is coarse.", noPicture: "The camera gives no picture, so there is no preview.",
    save: "Save", saved: "Saved. It holds from the next briefing on.", sign: "Put up the CCTV sign in your shop.",
  },
  cam: {
    title: "This device as the camera", lead: "Point this device's camera at the shop. It sends one picture at each interval to the server, and no sound.", every: "Send every", everyHint: "Choose less than the time between briefings. Otherwise the picture is too old.", begin: "Start sending", stop: "Stop", resume: "Start again",
    asking: "Opening the camera", sending: "Sending", sent: "{{count}} pictures · last at {{time}}", first: "Sending the first picture", stopped: "Stopped", stoppedText: "No pictures are being sent.",
    hidden: "It stopped from {{from}} to {{to}}, because the screen was off or another app was open. It is sending again.", away: "The server cannot be reached since {{time}}. It goes on by itself.", revoked: "This device is no longer permitted. Another device has taken over, or the permission was withdrawn. Start again to use this device.",
    ended: "The camera was turned off. It is being opened again.", denied: "Please allow the use of the camera. The lock in the browser's address bar changes it.", noCamera: "This device has no camera.", inUse: "Another app uses the camera. Close it and start again.", busy: "The server is busy and did not take the picture. It is sent again by itself.", refused: "The server did not accept the picture. It is sent again by itself.",
    awake: "Leave this page open with the screen on, and the device plugged in. The pictures stop when the screen goes off.", asleep: "This browser cannot keep the screen on. Turn off the automatic screen lock in the device's settings.", preview: "What this device's camera shows", away2: "The screen is off",
    insecure: "At this address (http) browsers do not open the camera.", insecureHow: "Give the server a certificate, or open it through a VPN or tunnel that has one. On the server's own device the address localhost works. Or install an app such as IP Webcam on the phone, and add its address as a camera.",
    notPush: "This camera is read from its address. To use this device, add a camera of the kind “This phone or laptop”.", revoke: "Withdraw the permission", revokedNow: "The permission is withdrawn. The sending device stops.", token: "The permission ends with this tab. A new start stops the device before.", taken: "Another device may be sending already. It stops once you start.", titleSending: "● Sending", titleStopped: "Stopped",
  },
};
