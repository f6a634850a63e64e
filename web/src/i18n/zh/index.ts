import { common } from "./common";
import { keys } from "./keys";
import { operator } from "./operator";
import { record } from "./record";
import { search } from "./search";
import { shell } from "./shell";
import { signin } from "./signin";
import { standards } from "./standards";
import { tour } from "./tour";

export const zh = { common, shell, signin, search, record, keys, operator, standards, tour };
