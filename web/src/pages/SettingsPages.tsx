import { lazy } from "react";
import { Route, Switch } from "wouter";
import SettingsPage from "./SettingsPage";

const ModelsPage = lazy(() => import("./ModelsPage"));
const MissingPage = lazy(() => import("./MissingPage"));

/** The settings, and the page below them. */
export default function SettingsPages() {
  return (
    <Switch>
      <Route path="/settings" component={SettingsPage} />
      <Route path="/settings/models" component={ModelsPage} />
      <Route component={MissingPage} />
    </Switch>
  );
}
