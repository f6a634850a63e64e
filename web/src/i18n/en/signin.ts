import type { signin as zh } from "../zh/signin";

export const signin: typeof zh = {
  title: "Sign in",
  tagline: "One resident, one record, everywhere in the region, every look recorded.",
  username: "User name",
  password: "Password",
  submit: "Sign in",
  submitting: "Signing in",
  needUsername: "Enter your user name",
  needPassword: "Enter your password",
  wrong: "User name or password is not right",
  wrongHelp: "Check upper and lower case and try again. If you forgot it, ask your institution's administrator.",
  throttled: "Too many attempts. Try again in {{n}} seconds",
  throttledSoon: "Too many attempts. Try again shortly",
  show: "Show the password",
  hide: "Hide the password",
  notice: "Sign-ins and looks are written to the audit log. Open only the records that care requires.",
};
