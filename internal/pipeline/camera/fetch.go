package camera

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"bis/internal/briefing"
	"bis/internal/retry"
)

// Bounds of a fetch.
const (
	maxRedirects = 5
	maxLogins    = 3       // requests for one page because of 401
	maxRemark    = 4 << 10 // bytes of the page of a refusal
	remarkWait   = 300 * time.Millisecond
	leastBusy    = time.Second
)

// Cameras lock an account after some wrong passwords. After maxRefusals refused logins in a row, a
// camera is asked once in refusedPause, and the last trouble repeated in between.
const (
	maxRefusals  = 5
	refusedPause = time.Minute
)

// client gets pages from one camera over HTTP/1. Each request has a connection of its own: cameras
// state wrong lengths, so only the end of a connection is sure to end an answer. There is no proxy:
// it would see the address and the password. There are no cookies.
type client struct {
	cfg    Config
	src    briefing.Source
	dialer *dialer
	pins   *pins
	login  *login

	mu        sync.Mutex // guards the fields below
	refusals  int        // logins in a row that the camera has refused
	refusal   error      // the last of them
	refusedAt time.Time
}

// newClient returns the client of a camera whose scheme is http, https, or one of them behind
// "mjpeg+". It contacts nothing.
func newClient(src briefing.Source, cfg Config) (*client, error) {
	src.Scheme = strings.TrimPrefix(src.Scheme, "mjpeg+")
	pins, err := newPins(cfg, src.Host)
	if err != nil {
		return nil, err
	}
	return &client{
		cfg: cfg, src: src, dialer: newDialer(cfg), pins: pins,
		login: &login{user: src.User, password: src.Password},
	}, nil
}

// hop is one request on the way to a picture.
type hop struct {
	origin
	target string // of the request line
	own    bool   // the host is the camera's; only there go credentials
}

// first returns the hop to the camera's own address.
func (c *client) first() hop {
	u := url.URL{Host: c.src.Host}
	h := hop{target: c.src.Path, own: true}
	h.secure, h.host = c.src.Scheme == "https", strings.ToLower(u.Hostname())
	h.port = u.Port()
	h.usualPort()
	return h
}

// usualPort sets the port of an address without one.
func (h *hop) usualPort() {
	if h.port == "" {
		h.port = "80"
		if h.secure {
			h.port = "443"
		}
	}
}

// hostHeader returns the host as the request names it.
func (h *hop) hostHeader() string {
	name := h.host
	if strings.Contains(name, ":") {
		name = "[" + name + "]"
	}
	if h.port == "80" && !h.secure || h.port == "443" && h.secure {
		return name
	}
	return name + ":" + h.port
}

// answer is a final answer whose body was not read yet.
type answer struct {
	head *head
	body io.Reader
	conn net.Conn
	stop func() bool // ends the watch on the context
}

// close ends the connection.
func (a *answer) close() {
	a.stop()
	a.conn.Close()
}

// get asks the camera for its picture and returns an answer with status 200. It follows redirects,
// logs in, and asks a busy camera again after a second. wait bounds all of that, and life the
// connection of the answer. The error is a Trouble.
func (c *client) get(life, wait context.Context) (*answer, error) {
	if err := c.pausing(); err != nil {
		return nil, err
	}
	for {
		a, err := c.follow(life, wait)
		if reasonOf(err) != briefing.TroubleBusy {
			c.count(err)
			return a, err
		}
		if retry.Pause(wait, leastBusy) != nil {
			return nil, err
		}
	}
}

// pausing returns the last refusal while the camera is not to be asked again.
func (c *client) pausing() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.refusals >= maxRefusals && time.Since(c.refusedAt) < refusedPause {
		return c.refusal
	}
	return nil
}

// count counts the logins that the camera refuses. Without credentials there are none.
func (c *client) count(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	reason := reasonOf(err)
	switch {
	case reason == briefing.TroubleLogin || reason == briefing.TroubleLocked:
		c.refusals, c.refusal, c.refusedAt = c.refusals+1, err, time.Now()
	case err == nil:
		c.refusals = 0
	}
}

// follow asks for the picture, and follows redirects.
func (c *client) follow(life, wait context.Context) (*answer, error) {
	h := c.first()
	for range maxRedirects + 1 {
		a, err := c.ask(life, wait, h)
		if err != nil {
			return nil, err
		}
		location := a.head.get("location")
		if a.head.status < 300 || a.head.status > 399 || a.head.status == 304 || location == "" {
			return c.judge(a, h, "")
		}
		a.close()
		if h, err = c.redirect(h, location); err != nil {
			return nil, err
		}
	}
	return nil, refused(briefing.TroubleLoop, "more than %d redirects", maxRedirects)
}

// redirect returns the hop to which a camera leads. Credentials in that address are ignored.
func (c *client) redirect(from hop, location string) (hop, error) {
	base := url.URL{Scheme: "http", Host: from.hostHeader()}
	if from.secure {
		base.Scheme = "https"
	}
	if path, err := url.Parse(from.target); err == nil {
		base.Path = path.Path
	}
	to, err := base.Parse(strings.TrimSpace(location))
	if err != nil || to.Host == "" || to.Scheme != "http" && to.Scheme != "https" {
		return hop{}, refused(briefing.TroubleRedirect, "it leads to no address of HTTP")
	}
	if from.secure && to.Scheme == "http" {
		return hop{}, refused(briefing.TroubleRedirect, "it leads from https to http")
	}
	h := hop{target: to.RequestURI()}
	h.secure, h.host, h.port = to.Scheme == "https", strings.ToLower(to.Hostname()), to.Port()
	h.usualPort()
	h.own = h.host == c.first().host
	return h, nil
}

// ask sends a request, again with credentials if the camera wants them.
func (c *client) ask(life, wait context.Context, h hop) (*answer, error) {
	fresh := false
	for n := 1; ; n++ {
		sent := ""
		if h.own && c.src.User+c.src.Password != "" {
			sent = c.login.header(h.origin, h.target)
		}
		a, err := c.send(life, wait, h, sent)
		if err != nil || a.head.status != 401 {
			return a, err
		}
		if !h.own || c.src.User+c.src.Password == "" || n == maxLogins {
			return c.judge(a, h, sent)
		}
		supported, again := c.login.learn(h.origin, a.head.fields["www-authenticate"], sent, fresh)
		if !supported || !again {
			if !supported && len(a.head.fields["www-authenticate"]) > 0 {
				a.close()
				return nil, refused(briefing.TroubleScheme, "%w, with no login that is possible",
					statusError(401))
			}
			return c.judge(a, h, sent)
		}
		a.close()
		fresh = true
	}
}

// send connects, sends one request and reads the head of the answer. wait bounds that.
func (c *client) send(life, wait context.Context, h hop, authorization string) (*answer, error) {
	a, err := c.exchange(life, wait, h, authorization)
	switch {
	case err == nil:
		return a, nil
	case life.Err() != nil:
		return nil, away(briefing.TroubleCut, "%w", errClosed)
	case wait.Err() != nil:
		return nil, away(briefing.TroubleTimeout, "no answer in time")
	}
	reason := reasonOf(err)
	if rtspPorts[h.port] && (reason == briefing.TroubleCut || reason == briefing.TroubleOther) {
		return nil, refused(briefing.TroubleWantsRTSP, "the port is one of RTSP")
	}
	return nil, err
}

// rtspPorts are usual ports of RTSP.
var rtspPorts = map[string]bool{"554": true, "8554": true, "10554": true, "322": true}

func (c *client) exchange(life, wait context.Context, h hop, authorization string) (*answer, error) {
	conn, err := c.dialer.dial(wait, h.host, h.port)
	if err != nil {
		return nil, err
	}
	if h.secure {
		if conn, err = c.pins.client(wait, conn, h.host, h.own); err != nil {
			return nil, err
		}
	}
	stopWait := context.AfterFunc(wait, func() { conn.Close() })
	a := &answer{conn: conn, stop: context.AfterFunc(life, func() { conn.Close() })}
	request := "GET " + h.target + " HTTP/1.1\r\nHost: " + h.hostHeader() + "\r\n" +
		"User-Agent: bis\r\nAccept: image/jpeg, image/png;q=0.9, multipart/x-mixed-replace, " +
		"*/*;q=0.1\r\n"
	if authorization != "" {
		request += "Authorization: " + authorization + "\r\n"
	}
	// A camera may answer before it has read the request, so a failed write is not final.
	_, writeErr := io.WriteString(conn, request+"Connection: close\r\n\r\n")
	r := bufio.NewReaderSize(conn, maxHeadLine)
	a.head, err = readHead(r)
	if !stopWait() && err == nil {
		err = networkTrouble(context.DeadlineExceeded)
	}
	if err != nil {
		a.close()
		if writeErr != nil && reasonOf(err) == briefing.TroubleCut {
			err = networkTrouble(writeErr)
		}
		return nil, err
	}
	a.body = bodyOf(a.head, r)
	return a, nil
}

// judge returns an answer of status 200, and closes any other one and returns its trouble.
func (c *client) judge(a *answer, h hop, sent string) (*answer, error) {
	if a.head.status >= 200 && a.head.status <= 206 && a.head.status != 204 && a.head.status != 205 {
		return a, nil
	}
	remark := a.remark()
	a.close()
	t := refused(c.statusReason(a.head, h, sent, remark), "%w", statusError(a.head.status))
	phrase := a.head.reason
	if !h.own { // what another host says is no word of the camera
		phrase = http.StatusText(a.head.status)
	}
	return nil, saying(t, strconv.Itoa(a.head.status)+" "+phrase, c.src)
}

// remark returns the beginning of the page that comes with a refusal.
func (a *answer) remark() string {
	_ = a.conn.SetReadDeadline(time.Now().Add(remarkWait))
	b, _ := io.ReadAll(io.LimitReader(a.body, maxRemark))
	return string(b)
}

var (
	lockedPattern = regexp.MustCompile(`(?i)lockstatus>\s*lock<|account[ _-]?locked|login[ _-]?locked|is locked|too many`)
	httpsPattern  = regexp.MustCompile(`(?i)\bhttps\b|SSL`)
)

// statusReason returns the reason of a status other than 200.
func (c *client) statusReason(
	h *head, to hop, sent, remark string,
) briefing.TroubleReason {
	login := c.src.Credentials() != ""
	switch s := h.status; {
	case (s == 401 || s == 403) && !to.own:
		return briefing.TroubleRedirect // the credentials are for another host
	case (s == 401 || s == 403) && !login:
		return briefing.TroubleNeedsLogin
	case (s == 401 || s == 403) && lockedPattern.MatchString(remark):
		return briefing.TroubleLocked
	case s == 401 && sent == "" && c.src.User+c.src.Password != "":
		return briefing.TroubleScheme // the camera offered no way to log in
	case s == 401:
		return briefing.TroubleLogin
	case s == 403:
		return briefing.TroubleDenied
	case s == 404, s == 410:
		return briefing.TroubleNotFound
	case s == 503, s == 429:
		return briefing.TroubleBusy
	case s == 400 && !to.secure && httpsPattern.MatchString(h.reason+" "+remark):
		return briefing.TroubleWantsTLS
	case s >= 500:
		return briefing.TroubleFault
	case s < 300, s == 304:
		return briefing.TroubleEmpty
	}
	return briefing.TroubleStatus
}
