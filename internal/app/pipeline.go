package app

import (
	"net/url"
	"path/filepath"

	"bis/internal/briefing"
	"bis/internal/config"
	"bis/internal/pipeline"
	"bis/internal/pipeline/blur"
	"bis/internal/pipeline/camera"
	"bis/internal/pipeline/counting/remote"
	"bis/internal/pipeline/measure"
	"bis/internal/pipeline/wording"
)

// certificates is the file in the data folder with the certificates of the default camera that were
// accepted at first use.
const certificates = "camera-certificates"

// openRunner returns the pipeline with the camera of the settings and those of users, or the runner
// of the hooks. It also returns the opener of users' cameras.
func openRunner(
	cfg config.Config, hooks Hooks, words *wording.Wording, of pictures,
) (Runner, *cameraOpener, error) {
	users, err := newCameraOpener(cfg, of.store, of.frames, of.log)
	if err != nil {
		return nil, nil, err
	}
	open := openPipeline
	if hooks.Runner != nil {
		open = func(cfg config.Config, _ *wording.Wording, _ *cameraOpener, _ pictures) (Runner, error) {
			return hooks.Runner(cfg)
		}
	}
	runner, err := open(cfg, words, users, of)
	return runner, users, err
}

// openPipeline returns the pipeline with the camera of the settings and those of users.
func openPipeline(
	cfg config.Config, words *wording.Wording, users *cameraOpener, of pictures,
) (Runner, error) {
	// The pipeline closes the camera. Runs of the same moment share a frame.
	source, err := camera.Open(string(cfg.Camera), camera.Config{
		Log:     users.log.With("camera", briefing.DefaultCamera),
		PinFile: filepath.Join(cfg.Data, certificates), FFmpeg: users.video,
	})
	if err != nil {
		return nil, err
	}
	measurer, err := measure.New(measure.Config{})
	if err != nil {
		return nil, err
	}
	privacy, err := blur.New(users.log)
	if err != nil {
		return nil, err
	}
	return pipeline.New(pipeline.Config{
		Cameras: map[briefing.CameraID]pipeline.Setup{
			briefing.DefaultCamera: {Source: source, Measurer: measurer, Egress: egressOf(cfg)},
		},
		Open: users.open, OpenTrial: users.openTrial, SameCredentials: users.sameCredentials,
		Captioner: words, Zone: cfg.Zone, KeepFrames: cfg.KeepFrames, Log: users.log,
		Keeper: of.keeper, Counter: of.detector.pipeline(), Privacy: privacy,
		Describer: of.describer, Providers: providersOf(cfg),
	})
}

// egressOf returns the choice of the settings for the default camera. It holds for the provider of
// OPENAI_BASE_URL and for that of the detector. The fallback gets no picture: it needs a consent of
// its own. EgressCounts needs no choice.
func egressOf(cfg config.Config) []briefing.ProviderEgress {
	egress := briefing.Egress(cfg.CameraEgress)
	if egress == "" || egress == briefing.EgressCounts {
		return nil
	}
	provider := providerOf(cfg.Model)
	choices := []briefing.ProviderEgress{{Provider: provider, Egress: egress}}
	if by := remote.Provider(string(cfg.Detector.URL)); by != "" && by != provider {
		choices = append(choices, briefing.ProviderEgress{Provider: by, Egress: egress})
	}
	return choices
}

// providerOf returns the id of a model's provider, as model.Client.Provider has it.
func providerOf(m config.Model) string {
	u, err := url.Parse(string(m.BaseURL))
	if err != nil || u.Hostname() == "" {
		return "api.openai.com"
	}
	return briefing.ProviderID(u)
}

// providersOf returns the ids of the providers of the settings that may get pictures: those of the
// models and that of the detector.
func providersOf(cfg config.Config) (ids []string) {
	for _, m := range []config.Model{cfg.Model, cfg.Fallback} {
		if m.On() {
			ids = append(ids, providerOf(m))
		}
	}
	if by := remote.Provider(string(cfg.Detector.URL)); by != "" {
		ids = append(ids, by)
	}
	return ids
}

// camerasOf returns the cameras of the pipeline. Another runner has none.
func camerasOf(r Runner) briefing.Cameras {
	cameras, _ := r.(briefing.Cameras)
	return cameras
}

// cameraListener is called when cameras were deleted or changed. The pipeline is one, and another
// runner may be.
type cameraListener interface {
	Forget(id briefing.CameraID)
	Changed(c briefing.Camera)
}

// listenerOf returns the runner as a listener, or one that does nothing.
func listenerOf(r Runner) cameraListener {
	if k, ok := r.(cameraListener); ok {
		return k
	}
	return noListener{}
}

// noListener is a cameraListener that has no cameras.
type noListener struct{}

func (noListener) Forget(briefing.CameraID) {}
func (noListener) Changed(briefing.Camera)  {}

// testerOf returns the tester of the pipeline. Another runner has none.
func testerOf(r Runner) briefing.CameraTester {
	tester, _ := r.(briefing.CameraTester)
	return tester
}
