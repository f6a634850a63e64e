import { common } from "./common";
import { operator } from "./operator";
import { record } from "./record";
import { search } from "./search";
import { shell } from "./shell";
import { signin } from "./signin";

export const en = { common, shell, signin, search, record, operator };
