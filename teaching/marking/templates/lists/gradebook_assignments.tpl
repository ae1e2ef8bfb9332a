{%- extends 'nbgrader/gradebook_assignments.tpl' -%}

{%- block breadcrumbs -%}
<style>:is(td, th).duedate { display: none; }</style>
{%- endblock -%}

{%- block table_header -%}
<tr>
  <th>Assignment</th>
  <th class="duedate"></th>
  <th class="text-center">Submissions</th>
  <th class="text-center">Points so far, on average</th>
</tr>
{%- endblock -%}
