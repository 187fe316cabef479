package service

import (
	"bis/internal/briefing"
)

// editSource changes the address and the credentials of a camera. Stored credentials stay while the
// authority of the address does. They are removed with another authority, and with them the
// accepted certificate.
func (s *Service) editSource(e *edited, old *briefing.Camera, in CameraInput) error {
	if !in.Source.Given && !in.Credentials.Given {
		return nil // above all, sealed credentials stay as they are
	}
	source, stored, err := sources(old, in)
	if err != nil {
		return err
	}
	e.authority, e.field = source.Authority(), "source"
	had := old != nil && len(old.Credentials) > 0
	same := old != nil && stored.Authority() == e.authority
	kept := ""
	if had && same {
		kept = s.opened(*old, e.authority)
	}
	full, err := complete(source, kept)
	if err != nil {
		return err
	}
	if in.Credentials.Given {
		if full, err = withLogin(full, in.Credentials.Value); err != nil {
			return err
		}
		e.field = "credentials"
	}
	e.camera.Source, e.camera.Credentials = full.String(), nil
	e.plain = full.Credentials()
	e.cleared = had && e.plain == "" && kept == "" && !in.Credentials.Given
	if old != nil && !same {
		e.camera.Certificate = ""
		e.camera.TokenHash = nil
	}
	if source.Scheme != "push" { // no device sends pictures to it
		e.camera.TokenHash = nil
	}
	return nil
}

// sources returns the address of an input, or else the stored one, and the stored one.
func sources(old *briefing.Camera, in CameraInput) (source, stored briefing.Source, err error) {
	if old != nil {
		// A stored address that the rules refuse by now has no authority. It can be replaced.
		stored, err = briefing.ParseSource(old.Source)
		if err != nil && !in.Source.Given {
			return source, stored, err
		}
	}
	switch {
	case !in.Source.Given && old == nil, in.Source.Given && in.Source.Value == nil:
		return source, stored, errNoSource
	case !in.Source.Given:
		return stored, stored, nil
	}
	source, err = briefing.ParseSource(*in.Source.Value)
	return source, stored, err
}

// opened returns the stored credentials of a camera. Credentials that cannot be decrypted, because
// their key is lost, are as good as none.
func (s *Service) opened(c briefing.Camera, authority string) string {
	if s.sealer == nil {
		return ""
	}
	plain, err := s.sealer.Open(c.Credentials, authority)
	if err != nil {
		return ""
	}
	return plain
}

// complete returns an address with stored credentials in the place of those that it masks.
func complete(source briefing.Source, kept string) (briefing.Source, error) {
	full, err := source.WithCredentials(kept)
	if err == nil && full.Masked() {
		err = briefing.Refuse(briefing.RefuseMask, "source", "must have its credentials in place of %s, "+
			"because the server has none for this address", briefing.SourceMask)
	}
	return full, err
}

// withLogin returns an address with another login. A nil login removes the one it has.
func withLogin(source briefing.Source, login *CameraLogin) (briefing.Source, error) {
	if login == nil {
		source.User, source.Password = "", ""
		return source, nil
	}
	if source.Authority() == "" {
		return source, briefing.Refuse(briefing.RefuseLoginHost, "credentials",
			"must be left out, because this source has no host")
	}
	for _, text := range []string{login.Username, login.Password} {
		if briefing.IsMask(text) {
			return source, briefing.Refuse(briefing.RefuseMask, "credentials",
				"must be the user name and the password themselves, and no mask")
		}
		if err := briefing.CheckLogin(text); err != nil {
			return source, err
		}
	}
	source.User, source.Password = login.Username, login.Password
	return source, nil
}
