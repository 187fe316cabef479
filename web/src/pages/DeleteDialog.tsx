import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { useMutation } from "urql";
import { Confirm } from "../components/Confirm";
import { DeleteUserDataDocument } from "../graphql/documents";
import { forget } from "../hooks/lastState";
import { useErrorText } from "../hooks/useErrorText";
import { useToast } from "../hooks/useToast";
import { forgetUser, useUser } from "../hooks/useUser";

/** Deletes all data of the owner, after the name was typed. */
export default function DeleteDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const username = useUser();
  const toast = useToast();
  const errorText = useErrorText();
  const [, go] = useLocation();
  const [{ fetching }, remove] = useMutation(DeleteUserDataDocument);
  const [typed, setTyped] = useState("");
  const run = async () => {
    const { data, error } = await remove({ username });
    if (error) { toast(errorText(error)); return; }
    if (data) toast(t("settings.removed", { requests: data.deleteUserData.requests, briefings: data.deleteUserData.briefings }));
    forget();
    forgetUser(username);
    go("/");
  };
  return (
    <Confirm title={t("settings.removeTitle")} text={t("settings.removeText", { name: username })} busy={fetching} onCancel={onClose}>
      <button className="btn bad" disabled={fetching || typed.trim() !== username} onClick={() => { void run(); }}>{t("settings.removeGo")}</button>
      <label className="label first" htmlFor="remove-name">{t("settings.removeConfirm")}</label>
      <input id="remove-name" className="field first" value={typed} autoComplete="off" onChange={(e) => { setTyped(e.target.value); }} />
    </Confirm>
  );
}
