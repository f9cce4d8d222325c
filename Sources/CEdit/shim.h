/* libedit's readline interface, and what Swift cannot say of it: its settings are C variables. */
#include <stdio.h>
#include <editline/readline.h>

/* Prepares line editing. A completion is the whole line, so no character ends a word.
 * The strings are literals: libedit keeps the pointers and never frees them. */
static inline void edit_prepare(char **(*complete)(const char *text, int start, int end)) {
    rl_readline_name = "rds-cli";
    rl_attempted_completion_function = complete;
    rl_completer_word_break_characters = (char *)"";
    rl_completion_append_character = 0;
    using_history();
}

/* Called from the completion function: names of files are no alternative. */
static inline void edit_complete_nothing_else(void) { rl_attempted_completion_over = 1; }
