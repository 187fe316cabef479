import i18next from "i18next";
import { Component, type ReactNode } from "react";
import { Note } from "./Note";

/** Says one sentence when a page fails, for example when a new version has replaced its files. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <main className="page narrow">
        <Note icon="alert" title={i18next.t("error.title")} text={i18next.t("error.stale")}>
          <button className="btn go" onClick={() => { location.reload(); }}>{i18next.t("error.reload")}</button>
        </Note>
      </main>
    );
  }
}
