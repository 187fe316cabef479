import type { CameraState } from "../graphql/types";
import type { Language } from "./index";

type Ill = Exclude<CameraState, "OK">;

/** The next step for each state of a camera that is not well. The texts load only when one is needed. */
export const cameraHelp: Record<Language, Record<Ill, string>> = {
  ko: {
    UNKNOWN: "아직 받은 화면이 없어요. 브리핑이 시작되면 카메라를 확인합니다.",
    OFFLINE: "카메라에서 화면이 오지 않아요. 카메라의 전원과 네트워크를 확인해 주세요.",
    REFUSED: "카메라가 접속을 거절했어요. 서버 설정에 적은 카메라의 아이디와 비밀번호를 확인해 주세요.",
    UNREADABLE: "카메라에서 온 것을 사진으로 읽을 수 없어요. 서버 설정의 카메라 주소가 사진이나 영상 주소인지 확인해 주세요.",
    STALE: "화면이 오래전 것이에요. 카메라를 껐다 켜고, 네트워크를 확인해 주세요.",
    FROZEN: "화면이 계속 똑같아요. 카메라를 껐다 켜 주세요.",
    DARK: "너무 어두워 매장이 보이지 않아요. 매장의 조명과 카메라 렌즈를 확인해 주세요.",
    COVERED: "무언가가 카메라를 가리고 있어요. 렌즈 앞을 치워 주세요.",
    BLURRED: "화면이 흐려요. 렌즈를 닦고 초점을 맞춰 주세요.",
    MOVED: "카메라의 방향이 바뀌었어요. 카메라를 원래 자리로 돌려 주세요.",
    LIGHT_CHANGE: "조명이 갑자기 바뀌었어요. 매장의 조명을 확인해 주세요. 켜거나 끈 것이라면 그대로 두면 됩니다.",
  },
  en: {
    UNKNOWN: "No picture has come yet. The camera is checked once briefings start.",
    OFFLINE: "No picture comes from the camera. Check its power and its network.",
    REFUSED: "The camera refuses the sign-in. Check its user name and password in the server's settings.",
    UNREADABLE: "What the camera sends is not a picture. Check that the camera's address in the server's settings is that of a picture or a video.",
    STALE: "The picture is old. Turn the camera off and on, and check its network.",
    FROZEN: "The picture stays the same. Turn the camera off and on.",
    DARK: "It is too dark to see the shop. Check the lights and the camera's lens.",
    COVERED: "Something covers the camera. Clear the view of its lens.",
    BLURRED: "The picture is blurred. Wipe the lens and adjust its focus.",
    MOVED: "The camera looks elsewhere. Turn it back to its old view.",
    LIGHT_CHANGE: "The light changed suddenly. Check the shop's lights. If somebody switched them, nothing is wrong.",
  },
};
