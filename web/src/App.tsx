import { lazy, Suspense, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Route, Switch, useLocation } from "wouter";
import { ErrorBoundary } from "./components/ErrorBoundary";
import { Nav } from "./components/Nav";
import { Bones } from "./components/Bones";
import { LiveProvider } from "./hooks/useLive";
import { ToastProvider } from "./hooks/useToast";
import { useUser } from "./hooks/useUser";
import { NowPage } from "./pages/NowPage";
import { WelcomePage } from "./pages/WelcomePage";

const StartPage = lazy(() => import("./pages/StartPage"));
const TimelinePage = lazy(() => import("./pages/TimelinePage"));
const BriefingPage = lazy(() => import("./pages/BriefingPage"));
const SummaryPage = lazy(() => import("./pages/SummaryPage"));
const StylePage = lazy(() => import("./pages/StylePage"));
const RequestsPage = lazy(() => import("./pages/RequestsPage"));
const CameraPages = lazy(() => import("./pages/CameraPages"));
const SettingsPages = lazy(() => import("./pages/SettingsPages"));
const MissingPage = lazy(() => import("./pages/MissingPage"));

export function App() {
  return (
    <ErrorBoundary>
      <ToastProvider>
        <LiveProvider>
          <Frame />
        </LiveProvider>
      </ToastProvider>
    </ErrorBoundary>
  );
}

// A briefing that was sent to somebody opens without a name; everything else begins with one.
function Frame() {
  const { t } = useTranslation();
  const username = useUser();
  const [path] = useLocation();
  const page = useRef<HTMLDivElement>(null);
  const shown = useRef(path);
  useEffect(() => {
    if (shown.current === path) return;
    const beside = [shown.current, path].every((p) => /^\/r\/[^/]+\/(?!summary)[^/]+$/.test(p));
    shown.current = path;
    if (beside && matchMedia("(min-width: 900px)").matches) return; // the list stays where it is
    window.scrollTo(0, 0);
    page.current?.querySelector<HTMLElement>("main")?.focus({ preventScroll: true });
  }, [path]);
  if (!username && !path.startsWith("/r/") && path !== "/settings") return <WelcomePage />;
  return (
    <div className="frame" ref={page}>
      <a className="skip" href="#main">{t("app.skip")}</a>
      <ErrorBoundary path={path}>
        <Suspense fallback={<main className="page"><div className="head" /><Bones /></main>}>
          <Switch>
            <Route path="/" component={NowPage} />
            <Route path="/start" component={StartPage} />
            <Route path="/timeline" component={TimelinePage} />
            <Route path="/summary" component={SummaryPage} />
            <Route path="/style" component={StylePage} />
            <Route path="/requests" component={RequestsPage} />
            <Route path="/cameras/*?" component={CameraPages} />
            <Route path="/settings/*?" component={SettingsPages} />
            <Route path="/r/:request" component={TimelinePage} />
            <Route path="/r/:request/summary" component={SummaryPage} />
            <Route path="/r/:request/:briefing" component={BriefingPage} />
            <Route component={MissingPage} />
          </Switch>
        </Suspense>
      </ErrorBoundary>
      <Nav />
    </div>
  );
}
