//! One file a verb, named as a user would say it. List this folder to know all that can happen.
