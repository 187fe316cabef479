/** Whether the page is open inside of KakaoTalk, whose browser cannot install apps. */
export const inKakaoTalk = () => /KAKAOTALK/i.test(navigator.userAgent);

/** Whether the place where the page is open cannot do everything. */
export const isLimited = () => inKakaoTalk() || !window.isSecureContext;
