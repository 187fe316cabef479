import i18next from "i18next";
import { Component, type ReactNode } from "react";
import { Note } from "./Note";

interface Props {
  /** The address of the content. Another one is tried afresh. */
  path?: string;
  children: ReactNode;
}

interface State {
  failed: boolean;
  path: string | undefined;
  words: "error.offline" | "error.stale" | "error.fault";
}

// How the browsers say that a file of the page did not load. A new version replaces the files.
const notLoaded = /dynamically imported module|importing a module script|preload css/i;

function wordsOf(error: unknown): State["words"] {
  if (!navigator.onLine) return "error.offline";
  return error instanceof Error && notLoaded.test(error.message) ? "error.stale" : "error.fault";
}

/** Says one sentence in the place of content that fails: offline, a new version, or a fault. */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = { failed: false, path: this.props.path, words: "error.fault" };

  static getDerivedStateFromError(error: unknown) {
    return { failed: true, words: wordsOf(error) };
  }

  static getDerivedStateFromProps({ path }: Props, state: State) {
    return path === state.path ? null : { failed: false, path };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <main className="page narrow" id="main" tabIndex={-1}>
        <Note icon="alert" title={i18next.t("error.title")} text={i18next.t(this.state.words)}>
          <button className="btn go" onClick={() => { location.reload(); }}>{i18next.t("error.reload")}</button>
        </Note>
      </main>
    );
  }
}
