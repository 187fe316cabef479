import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { useMutation } from "urql";
import { Confirm } from "../components/Confirm";
import { DeleteUserDataDocument } from "../graphql/pageDocuments";
import { ignoreComposition } from "../hooks/composition";
import { forget } from "../hooks/lastState";
import { useErrorText } from "../hooks/useErrorText";
import { useToast } from "../hooks/useToast";
import { forgetUser, useUser } from "../hooks/useUser";

// The page shows several spaces as one, and keyboards compose letters in two ways.
const plain = (name: string) => name.normalize().trim().replaceAll(/\s+/g, " ");

/** Deletes all data of the owner, after the name was typed. */
export default function DeleteDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const username = useUser();
  const toast = useToast();
  const errorText = useErrorText();
  const [, go] = useLocation();
  const [{ fetching }, remove] = useMutation(DeleteUserDataDocument);
  const [typed, setTyped] = useState("");
  const [problem, setProblem] = useState("");
  const run = async () => {
    setProblem("");
    const { data, error } = await remove({ username });
    if (error) { setProblem(errorText(error)); return; }
    if (data) toast(t("settings.removed", { requests: data.deleteUserData.requests, briefings: data.deleteUserData.briefings }));
    forget();
    forgetUser(username);
    go("/");
  };
  return (
    <Confirm
      title={t("settings.removeTitle")} text={t("settings.removeText", { name: username })} action={t("settings.removeGo")} bad
      busy={fetching} ready={plain(typed) === plain(username)} problem={problem} onConfirm={() => { void run(); }} onCancel={onClose}
    >
      <label className="label" htmlFor="remove-name">{t("settings.removeConfirm")}</label>
      <input id="remove-name" className="field" value={typed} autoComplete="off" onChange={(e) => { setTyped(e.target.value); }} onKeyDown={ignoreComposition} />
    </Confirm>
  );
}
