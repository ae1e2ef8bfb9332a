{#- An assignment has one notebook, which is called as it is: straight to its list. -#}
{%- extends 'gradebook_base.tpl' -%}

{%- block head -%}
<script>location.replace(base_url + "/formgrader/gradebook/{{ assignment_id }}/{{ assignment_id }}");</script>
{%- endblock -%}
