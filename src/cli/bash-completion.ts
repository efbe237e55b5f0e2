/**
 * Completion in bash. Bash tells the words as they were typed, quotes and all, and `>` with the
 * file behind it among them: whoever gives them to `eval`, as the script of tab does, runs what
 * stands in `$( )` and empties files at the tab key. Here they are arguments, and no more.
 */
export const BASH_COMPLETION = `# bash completion for leibniz
__leibniz_complete() {
    local word out directive line last redirected= tab=$'\\t'
    local -a words=()
    COMPREPLY=()
    for word in "\${COMP_WORDS[@]:1:COMP_CWORD}"; do
        last=\${#words[@]}
        if [[ -n $word && -z \${word//[<>&|]/} ]]; then
            redirected=operator
        elif [[ $redirected == operator ]]; then
            redirected=file
        elif [[ $last -gt 0 && ( $word == = || \${words[last - 1]} == --*= ) ]]; then
            # bash takes --recipe=default apart
            words[last - 1]+=$word
            redirected=
        else
            words+=("$word")
            redirected=
        fi
    done
    # in the place of a file
    [[ -n $redirected ]] && return
    out=$(leibniz complete -- "\${words[@]}" 2>/dev/null) || return
    directive=\${out##*:}
    while IFS= read -r line; do
        [[ $line == *"$tab"* ]] && COMPREPLY+=("\${line%%"$tab"*}")
    done <<< "\${out%:*}"
    # 4: no names of files
    [[ $directive == 4 ]] && compopt +o default
    return 0
}
complete -o default -F __leibniz_complete leibniz`;
